using SafeDb.Archive;
using SafeDb.PostgreSql.Schema;

namespace SafeDb.PostgreSql.Backup;

/// <summary>
/// Which tables' rows a backup takes. Definitions are always whole: a filter chooses rows, so that what is restored has every object that others depend on.
/// </summary>
/// <param name="scope">The filters.</param>
/// <param name="source">What there is.</param>
internal sealed class ScopeFilter(BackupScope scope, PostgreSqlSchema source)
{
    private const string SchemaKind = "schema";

    private readonly PartitionTree _partitions = new(source.Schema.Objects);

    /// <summary>Whether any filter chooses among tables.</summary>
    public bool Includes => scope.IncludeSchemas.Count > 0 || scope.IncludeTables.Count > 0;

    /// <summary>Why the rows of a table are left out, or null when they are taken.</summary>
    public string? ReasonToOmit(TableInfo table)
    {
        bool taken = !Includes || AnyMatches(scope.IncludeSchemas, scope.IncludeTables, table);
        return scope.SchemaOnly ? "schema only" : taken && !AnyMatches(scope.ExcludeSchemas, scope.ExcludeTables, table) ? null : "excluded";
    }

    /// <summary>Fails when a pattern matches nothing: a typing error must neither make an empty backup nor let in the rows that were to be left out.</summary>
    public void CheckAllMatched()
    {
        string[] withTables = [.. source.Tables.Select(table => table.SchemaName)];
        string[] schemas = [.. withTables, .. source.Schema.Objects.Where(item => item.Kind == SchemaKind).Select(item => QualifiedName.Split(item.Identity).Name)];
        Check(SchemaKind, scope.IncludeSchemas, pattern => withTables.Any(name => TablePattern.MatchesName(pattern, name)));
        Check(SchemaKind, scope.ExcludeSchemas, pattern => schemas.Any(name => TablePattern.MatchesName(pattern, name)));
        Check("table", [.. scope.IncludeTables, .. scope.ExcludeTables], pattern => source.Tables.Any(table => Matches(pattern, table.Name)));
    }

    /// <summary>Whether a pattern of <c>schema.table</c> or <c>table</c>, or the very name, means a table.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="qualified">The table's name as in the schema.</param>
    public static bool Matches(string pattern, string qualified)
    {
        (string schema, string name) = QualifiedName.Split(qualified);
        return pattern == qualified || TablePattern.Matches(pattern, schema, name);
    }

    private static void Check(string kind, IReadOnlyList<string> patterns, Predicate<string> matches)
    {
        if (patterns.FirstOrDefault(pattern => !matches(pattern)) is { } unmatched)
        {
            throw PostgreSqlBackupErrors.NothingMatches.Exception(kind, unmatched);
        }
    }

    // A schema is the table's own; a table is also meant by the partitioned tables that it is part of.
    private bool AnyMatches(IReadOnlyList<string> schemas, IReadOnlyList<string> tables, TableInfo table) =>
        schemas.Any(pattern => TablePattern.MatchesName(pattern, table.SchemaName))
        || tables.Any(pattern => _partitions.LineOf(table.Name).Any(name => Matches(pattern, name)));
}
