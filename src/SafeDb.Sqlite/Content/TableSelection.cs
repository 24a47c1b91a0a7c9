using System.IO.Enumeration;

using SafeDb.Archive;
using SafeDb.Sqlite.Schema;

namespace SafeDb.Sqlite.Content;

/// <summary>Which tables' rows are wanted. Patterns are wildcards on the name or on <c>main.name</c>, without regard to case, as SQLite compares names.</summary>
internal static class TableSelection
{
    public static void Check(BackupScope scope)
    {
        if (scope.DataOnly) throw SqliteErrors.ScopeUnsupported.Exception("rows without definitions");
        if (scope.IncludeSchemas.Any(pattern => !Matches(pattern, "main"))) throw SqliteErrors.ScopeUnsupported.Exception("SQLite has no schema but main");
        if (scope.ExcludeSchemas.Any(pattern => Matches(pattern, "main"))) throw SqliteErrors.ScopeUnsupported.Exception("its only schema, main, would be left out");
    }

    /// <summary>Why the rows of a table are left out, or null.</summary>
    public static string? OmittedBy(BackupScope scope, SqliteTable table)
    {
        if (scope.SchemaOnly) return "schema only";
        bool included = scope.IncludeTables.Count == 0 || MatchesAny(scope.IncludeTables, table.Name);
        return included && !MatchesAny(scope.ExcludeTables, table.Name) ? null : "excluded";
    }

    public static bool MatchesAny(IEnumerable<string> patterns, string table) =>
        patterns.Any(pattern => Matches(pattern, table) || Matches(pattern, "main." + table) || Matches(pattern, SqliteNames.Identity(table)));

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
