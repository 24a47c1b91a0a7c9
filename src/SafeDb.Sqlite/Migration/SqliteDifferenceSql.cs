using SafeDb.Migration.Authoring.Differences;
using SafeDb.Schema;

namespace SafeDb.Sqlite.Migration;

/// <summary>How SQLite's schema is changed: columns are added and dropped; every other change of a table needs a new table, which is left to a person.</summary>
internal sealed class SqliteDifferenceSql : IDifferenceSql
{
    public bool Ignores(SchemaObject item) => item.Identity.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);

    public bool Recreates(string kind) => kind != "table";

    public string? Drop(SchemaObject item) => item.Kind is "table" or "index" or "view" or "trigger" ? $"DROP {item.Kind.ToUpperInvariant()} {item.Identity};" : null;

    public IReadOnlyList<string>? Alter(SchemaObject before, SchemaObject after)
    {
        IReadOnlyList<KeyValuePair<string, string>> old = TableText.Columns(before.Definition);
        IReadOnlyList<KeyValuePair<string, string>> wanted = TableText.Columns(after.Definition);
        return
        [
            .. old.Where(column => !Has(wanted, column.Key)).Select(column => $"ALTER TABLE {before.Identity} DROP COLUMN {Quoted(column.Key)};"),
            .. wanted.Where(column => !Has(old, column.Key)).Select(column => $"ALTER TABLE {before.Identity} ADD COLUMN {column.Value};"),
        ];
    }

    private static bool Has(IReadOnlyList<KeyValuePair<string, string>> columns, string name) => columns.Any(column => column.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
