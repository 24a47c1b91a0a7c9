using System.IO.Enumeration;

using SafeDb.Addresses;

namespace SafeDb.Archive;

/// <summary>
/// What the patterns mean by which users name tables: with a dot, a pattern for the schema and one for the table; without, one for the table alone. One rule for backups and restores of all engines.
/// </summary>
public static class TablePattern
{
    private const string Wildcards = "*?";
    private const string SqliteSchema = "main";

    /// <summary>Whether a pattern means a table of an archive.</summary>
    /// <param name="pattern">The pattern; an archive's own name of a table means that table.</param>
    /// <param name="qualifiedName">The table's name in the archive.</param>
    /// <param name="engine">The engine, which decides whether case counts.</param>
    public static bool Matches(string pattern, string qualifiedName, DatabaseEngine engine)
    {
        if (pattern == qualifiedName)
        {
            return true;
        }

        (string schema, string name) = QualifiedName.Split(qualifiedName);
        return engine == DatabaseEngine.Sqlite ? Matches(pattern, SqliteSchema, name, ignoreCase: true) : Matches(pattern, schema, name);
    }

    /// <summary>Whether a pattern means a table.</summary>
    /// <param name="pattern">Wildcards <c>*</c> and <c>?</c>: <c>table</c>, or <c>schema.table</c>, which is parted at its first dot.</param>
    /// <param name="schema">The table's schema, unquoted.</param>
    /// <param name="table">The table's name, unquoted and without its schema.</param>
    /// <param name="ignoreCase">Whether the engine does not distinguish upper and lower case.</param>
    public static bool Matches(string pattern, string schema, string table, bool ignoreCase = false)
    {
        int dot = pattern.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            return MatchesName(pattern, table, ignoreCase);
        }

        // A table whose own name holds a dot is named by that name.
        bool literal = pattern.AsSpan().IndexOfAny(Wildcards) < 0 && MatchesName(pattern, table, ignoreCase);
        return literal || (MatchesName(pattern[..dot], schema, ignoreCase) && MatchesName(pattern[(dot + 1)..], table, ignoreCase));
    }

    /// <summary>Whether a pattern with the wildcards <c>*</c> and <c>?</c> means a name. Everything else, a backslash too, stands for itself.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="name">The name, unquoted.</param>
    /// <param name="ignoreCase">Whether the engine does not distinguish upper and lower case.</param>
    public static bool MatchesName(string pattern, string name, bool ignoreCase = false) =>
        FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), name, ignoreCase);
}
