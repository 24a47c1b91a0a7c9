using SafeDb.PostgreSql.Sql;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>NOT NULL by way of a checked constraint.</summary>
internal static class NotNullSteps
{
    /// <summary>Adds the steps for some columns; the last migration also runs the given statements, while the CHECK still proves NOT NULL.</summary>
    public static void Add(SaferScript script, string alter, string table, IReadOnlyList<string> columns, IReadOnlyList<string> whileProved)
    {
        string[] names = [.. columns.Select(column => PgName.Quote($"{table}_{column}_not_null"))];
        script.Migration([.. columns.Select((column, i) => $"{alter} ADD CONSTRAINT {names[i]} CHECK ({PgName.Quote(column)} IS NOT NULL) NOT VALID")]);
        script.Migration([.. names.Select(name => $"{alter} VALIDATE CONSTRAINT {name}")]);
        IEnumerable<string> settle = whileProved.Count > 0 ? whileProved : columns.Select(column => $"{alter} ALTER COLUMN {PgName.Quote(column)} SET NOT NULL");
        script.Migration([.. settle, .. names.Select(name => $"{alter} DROP CONSTRAINT {name}")]);
    }
}
