using SafeDb.Archive;
using SafeDb.Sqlite.Schema;

namespace SafeDb.Sqlite.Content;

/// <summary>Which tables' rows are wanted. Patterns are wildcards on the name or on <c>main.name</c>, without regard to case, as SQLite compares names.</summary>
internal static class TableSelection
{
    private const string Main = "main";

    /// <summary>Fails when the scope asks for what a file image cannot do.</summary>
    public static void Check(BackupScope scope)
    {
        if (scope.DataOnly) throw SqliteErrors.ScopeUnsupported.Exception("rows without definitions");
        if (scope.IncludeSchemas.Any(pattern => !MatchesMain(pattern))) throw SqliteErrors.ScopeUnsupported.Exception("SQLite has no schema but main");
        if (scope.ExcludeSchemas.Any(MatchesMain)) throw SqliteErrors.ScopeUnsupported.Exception("its only schema, main, would be left out");
        if (scope.ExcludeSchemas.Count > 0) throw SqliteErrors.ScopeUnsupported.Exception("SQLite has no schema but main");
    }

    /// <summary>Fails when a pattern matches nothing: a typing error must neither make an empty backup nor let in the rows that were to be left out.</summary>
    public static void CheckAllMatched(BackupScope scope, IReadOnlyList<SqliteTable> tables)
    {
        foreach (string pattern in scope.IncludeTables.Concat(scope.ExcludeTables))
        {
            if (!tables.Any(table => MatchesAny([pattern], table.Name))) throw SqliteErrors.NothingMatches.Exception(pattern);
        }
    }

    /// <summary>Why the rows of a table are left out, or null.</summary>
    public static string? OmittedBy(BackupScope scope, SqliteTable table)
    {
        if (scope.SchemaOnly) return "schema only";
        bool included = scope.IncludeTables.Count == 0 || MatchesAny(scope.IncludeTables, table.Name);
        return included && !MatchesAny(scope.ExcludeTables, table.Name) ? null : "excluded";
    }

    public static bool MatchesAny(IEnumerable<string> patterns, string table) =>
        patterns.Any(pattern => TablePattern.Matches(pattern, Main, table, ignoreCase: true) || string.Equals(pattern, SqliteNames.Identity(table), StringComparison.OrdinalIgnoreCase));

    private static bool MatchesMain(string pattern) => TablePattern.MatchesName(pattern, Main, ignoreCase: true);
}
