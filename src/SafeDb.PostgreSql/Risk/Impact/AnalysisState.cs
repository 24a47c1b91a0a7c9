using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;
using SafeDb.Risk.Rules;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>Where in the run of files a statement stands: transaction, settings, locks held.</summary>
internal sealed class AnalysisState(RiskOptions options)
{
    /// <summary>The newest version whose behaviour is known.</summary>
    public const int NewestVersion = 180000;

    /// <summary>Server version as a comparable integer.</summary>
    public int Version { get; } = options.ServerVersion ?? options.Catalog switch { PostgreSqlCatalogFacts facts => facts.ServerVersion, _ => NewestVersion };

    /// <summary>Major version.</summary>
    public int Major => Version / 10000;

    /// <summary>The model.</summary>
    public PgModel Model { get; } = new(options.Catalog);

    /// <summary>Facts of a live database, or null.</summary>
    public PostgreSqlCatalogFacts? Live { get; } = options.Catalog as PostgreSqlCatalogFacts;

    /// <summary>Which relations there are, and whether that is known.</summary>
    public RelationNames Relations { get; } = new(options.Catalog as PostgreSqlCatalogFacts);

    /// <summary>Whether the runner sets a lock timeout by itself.</summary>
    public bool RunnerSetsLockTimeout { get; } = options.RunnerSetsLockTimeout;

    /// <summary>Whether a transaction is open, by BEGIN or by the runner.</summary>
    public bool InTransaction { get; set; }

    /// <summary>Whether the script itself said BEGIN.</summary>
    public bool ExplicitTransaction { get; set; }

    /// <summary>Number of the open transaction; statements outside one have numbers of their own.</summary>
    public int Transaction { get; set; }

    /// <summary>Short lock timeout as set by the script, or null.</summary>
    public string? LockTimeout { get; set; }

    /// <summary>Whether the lock timeout ends with the transaction.</summary>
    public bool LockTimeoutLocal { get; set; }

    /// <summary>Session time zone as set by the script; null for the server's own, which is not known.</summary>
    public string? TimeZone { get; set; } = (options.Catalog as PostgreSqlCatalogFacts)?.TimeZone;

    /// <summary>Locks of the open transaction in the order taken: relation, mode, line.</summary>
    public List<(string Relation, PgLock Mode, int Line)> Held { get; } = [];

    /// <summary>Whether the session's zone is one that makes timestamp and timestamptz the same bytes.</summary>
    public bool IsUtc => TimeZone is { } zone && (zone.Equals("utc", StringComparison.OrdinalIgnoreCase) || zone.Equals("etc/utc", StringComparison.OrdinalIgnoreCase)
        || zone.Equals("gmt", StringComparison.OrdinalIgnoreCase) || zone.Equals("etc/gmt", StringComparison.OrdinalIgnoreCase) || zone is "0" or "UCT" or "Etc/UCT" or "Zulu" or "Etc/Zulu");

    /// <summary>Names without schema of the functions, views, sequences and types that the file makes, wherever in it.</summary>
    public HashSet<string> MadeByFile { get; } = new(StringComparer.Ordinal);

    /// <summary>Statements that PREPARE gave a name.</summary>
    public Dictionary<string, PgStatement> Prepared { get; } = new(StringComparer.Ordinal);

    /// <summary>Ends the transaction.</summary>
    public void EndTransaction()
    {
        Held.Clear();
        Transaction++;
        InTransaction = false;
        ExplicitTransaction = false;
        if (LockTimeoutLocal)
        {
            LockTimeout = null;
            LockTimeoutLocal = false;
        }
    }

    /// <summary>Follows a setting.</summary>
    public void Set(SetStatement set)
    {
        switch (set.Setting)
        {
            case "lock_timeout":
                LockTimeout = set.Duration > LockTimeoutMissing.Longest ? null : set.Limit;
                LockTimeoutLocal = set.Local;
                break;
            case "timezone":
                TimeZone = set.Value ?? Live?.TimeZone;
                break;
            case "search_path" when set.Value is { Length: > 0 } path:
                string[] schemas = [.. path.Split(',').Select(schema => schema.Trim().Trim('"')).Where(schema => schema.Length > 0 && schema is not ("$user" or "pg_catalog"))];
                Model.SearchPath = schemas.Length == 0 ? ["public"] : schemas;
                break;
        }
    }
}
