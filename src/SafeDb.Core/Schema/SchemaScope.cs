namespace SafeDb.Schema;

/// <summary>The schema that people mean: without the tables in which tools keep their books.</summary>
public static class SchemaScope
{
    private const string Table = "table ";

    /// <summary>Name of the table in which a run that changes the database keeps its journal.</summary>
    public const string Journal = "safedb_journal";

    /// <summary>Tables that are bookkeeping of SafeDb and of the tools that it knows, not schema: left out when schemas are compared.</summary>
    public static IReadOnlyList<string> BookkeepingTables { get; } =
        ["safedb_migrations", Journal, "_prisma_migrations", "pgmigrations", "flyway_schema_history", "schema_migrations"];

    /// <summary>The schema without bookkeeping: without those tables, in any schema, and all that belongs to them. A table whose name only begins like one of theirs stays.</summary>
    /// <param name="schema">The whole schema.</param>
    /// <param name="isOwn">More objects to leave out, with what belongs to them.</param>
    public static DatabaseSchema WithoutBookkeeping(DatabaseSchema schema, Func<SchemaObject, bool>? isOwn = null)
    {
        var left = schema.Objects.SelectMany(Attached).Concat(schema.Objects.Select(item => item.Parent).OfType<string>().Where(IsBookkeeping)).ToHashSet(StringComparer.Ordinal);
        left.UnionWith(schema.Objects.Where(item => IsBookkeeping(item.Key) || isOwn?.Invoke(item) == true).Select(item => item.Key));

        // What belongs to something that belongs to them too: the comment on an index. Nothing stands before what it belongs to, but a snapshot may have been sorted.
        while (schema.Objects.Where(item => item.Parent is not null && left.Contains(item.Parent) && !left.Contains(item.Key)).Select(item => item.Key).ToArray() is { Length: > 0 } parts)
        {
            left.UnionWith(parts);
        }

        return schema with { Objects = [.. schema.Objects.Where(item => !left.Contains(item.Key))] };
    }

    private static bool IsBookkeeping(string key) =>
        key.StartsWith(Table, StringComparison.Ordinal) && BookkeepingTables.Contains(key[(Math.Max(key.LastIndexOf('.'), Table.Length - 1) + 1)..], StringComparer.Ordinal);

    /// <summary>What is bound to such a table although that is not its parent: the sequence that a column owns, and the table's place in a publication.</summary>
    private static IEnumerable<string> Attached(SchemaObject item) => !item.DependsOn.Any(IsBookkeeping) ? []
        : item.Kind switch
        {
            "sequence ownership" => item.Parent is null ? [item.Key] : [item.Key, item.Parent],
            "publication table" => [item.Key],
            _ => [],
        };
}
