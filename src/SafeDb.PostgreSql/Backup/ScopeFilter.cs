using System.Text.RegularExpressions;

using SafeDb.Archive;

namespace SafeDb.PostgreSql.Backup;

/// <summary>
/// Which tables' rows a backup takes. Definitions are always whole: a filter chooses rows, so that what is restored has every object that others depend on.
/// </summary>
/// <param name="scope">The filters.</param>
internal sealed class ScopeFilter(BackupScope scope)
{
    private readonly HashSet<string> _matched = new(StringComparer.Ordinal);

    /// <summary>Whether any filter chooses among tables.</summary>
    public bool Includes => scope.IncludeSchemas.Count > 0 || scope.IncludeTables.Count > 0;

    /// <summary>Why the rows of a table are left out, or null when they are taken.</summary>
    public string? ReasonToOmit(string schema, string table)
    {
        bool schemaIn = AnyMatch(scope.IncludeSchemas, "schema", schema);
        bool tableIn = scope.IncludeTables.Count(pattern => MatchesTable(pattern, schema, table)) > 0;
        bool taken = (scope.IncludeSchemas.Count == 0 && scope.IncludeTables.Count == 0) || schemaIn || tableIn;
        bool excluded = AnyMatch(scope.ExcludeSchemas, "schema", schema) | scope.ExcludeTables.Count(pattern => MatchesTable(pattern, schema, table)) > 0;
        return scope.SchemaOnly ? "schema only" : taken && !excluded ? null : "excluded";
    }

    /// <summary>Fails when a pattern of what to take matched nothing: a typing error must not make an empty backup.</summary>
    public void CheckAllMatched()
    {
        foreach (string pattern in scope.IncludeSchemas.Where(pattern => !_matched.Contains("schema " + pattern)))
        {
            throw PostgreSqlBackupErrors.NothingMatches.Exception("schema", pattern);
        }

        foreach (string pattern in scope.IncludeTables.Where(pattern => !_matched.Contains("table " + pattern)))
        {
            throw PostgreSqlBackupErrors.NothingMatches.Exception("table", pattern);
        }
    }

    /// <summary>Whether a pattern of <c>schema.table</c> or <c>table</c> matches.</summary>
    public static bool Matches(string pattern, string schema, string table) => Wildcard(pattern, table) || Wildcard(pattern, $"{schema}.{table}");

    private bool MatchesTable(string pattern, string schema, string table)
    {
        bool matches = Matches(pattern, schema, table);
        if (matches)
        {
            _matched.Add("table " + pattern);
        }

        return matches;
    }

    private bool AnyMatch(IReadOnlyList<string> patterns, string what, string name)
    {
        bool any = false;
        foreach (string pattern in patterns.Where(pattern => Wildcard(pattern, name)))
        {
            _matched.Add($"{what} {pattern}");
            any = true;
        }

        return any;
    }

    private static bool Wildcard(string pattern, string name) =>
        Regex.IsMatch(
            name,
            "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
            RegexOptions.Singleline | RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1));
}
