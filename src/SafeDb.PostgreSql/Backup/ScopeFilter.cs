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
        bool schemaIn = AnyMatch(scope.IncludeSchemas, schema);
        bool tableIn = AnyMatch(scope.IncludeTables, schema, table);
        bool taken = (scope.IncludeSchemas.Count == 0 && scope.IncludeTables.Count == 0) || schemaIn || tableIn;
        bool excluded = AnyMatch(scope.ExcludeSchemas, schema) | AnyMatch(scope.ExcludeTables, schema, table);
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

    // Every pattern is tried, so that those that match nothing at all are known at the end.
    private bool AnyMatch(IReadOnlyList<string> patterns, string schema, string? table = null)
    {
        bool any = false;
        foreach (string pattern in patterns.Where(pattern => table is null ? Wildcard(pattern, schema) : Matches(pattern, schema, table)))
        {
            _matched.Add((table is null ? "schema " : "table ") + pattern);
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
