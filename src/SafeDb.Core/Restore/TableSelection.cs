using System.IO.Enumeration;

using SafeDb.Archive;

namespace SafeDb.Restore;

/// <summary>Finds the tables that patterns mean.</summary>
internal static class TableSelection
{
    /// <summary>The names of the tables that match, or null when there are no patterns: all. Fails when a pattern matches nothing.</summary>
    public static IReadOnlySet<string>? Select(ArchiveManifest manifest, IReadOnlyList<string> patterns)
    {
        if (patterns.Count == 0)
        {
            return null;
        }

        var selected = new HashSet<string>(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            int before = selected.Count;
            selected.UnionWith(manifest.Tables.Select(table => table.Name).Where(name => Matches(pattern, name)));
            if (selected.Count == before && !manifest.Tables.Any(table => Matches(pattern, table.Name)))
            {
                throw RestoreErrors.NoSuchTable.Exception(pattern);
            }
        }

        return selected;
    }

    /// <summary>Whether a pattern means a table: against its qualified name, or against its last part when the pattern names no schema.</summary>
    public static bool Matches(string pattern, string qualifiedName)
    {
        string unquoted = qualifiedName.Replace("\"", string.Empty, StringComparison.Ordinal);
        return FileSystemName.MatchesSimpleExpression(pattern, unquoted, ignoreCase: false)
            || (!pattern.Contains('.', StringComparison.Ordinal) && FileSystemName.MatchesSimpleExpression(pattern, unquoted.AsSpan(unquoted.LastIndexOf('.') + 1), ignoreCase: false));
    }
}
