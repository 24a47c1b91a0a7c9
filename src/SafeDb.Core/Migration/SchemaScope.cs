using SafeDb.Migration.History;
using SafeDb.Schema;

namespace SafeDb.Migration;

/// <summary>The schema that migrations are about: without the tables in which tools keep their books.</summary>
public static class SchemaScope
{
    private static readonly char[] Separators = ['.', '"', ' ', '[', ']', '`', '(', ')', ',', ':'];

    /// <summary>The schema without bookkeeping.</summary>
    /// <param name="schema">The whole schema.</param>
    /// <param name="isOwn">More objects to leave out.</param>
    public static DatabaseSchema WithoutBookkeeping(DatabaseSchema schema, Func<SchemaObject, bool>? isOwn = null)
    {
        var left = schema.Objects.Where(item => IsBookkeeping(item.Identity) || isOwn?.Invoke(item) == true).Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        return schema with { Objects = [.. schema.Objects.Where(item => !left.Contains(item.Key) && (item.Parent is null || !(left.Contains(item.Parent) || IsBookkeeping(item.Parent))))] };
    }

    private static bool IsBookkeeping(string identity) => identity.Split(Separators, StringSplitOptions.RemoveEmptyEntries)
        .Any(part => MigrationHistories.Tables.Any(table => part == table || part.StartsWith(table + "_", StringComparison.Ordinal) || part.StartsWith("sqlite_autoindex_" + table, StringComparison.Ordinal)));
}
