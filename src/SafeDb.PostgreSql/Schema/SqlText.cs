namespace SafeDb.PostgreSql.Schema;

/// <summary>Quoting for PostgreSQL, independent of the session's settings.</summary>
internal static class SqlText
{
    /// <summary>A string literal; with backslashes in the escape form, which means the same under every setting of standard_conforming_strings.</summary>
    public static string Literal(string text)
    {
        string quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal) ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'" : $"'{quoted}'";
    }

    /// <summary>A quoted identifier.</summary>
    public static string Identifier(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
