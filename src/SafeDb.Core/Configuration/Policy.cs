using SafeDb.Risk;

namespace SafeDb.Configuration;

/// <summary>
/// The rules of one environment: which gates hold, and how strictly. The defaults are those for production: they fail closed.
/// Durations are written <c>30d</c>, <c>24h</c>, <c>15m</c>, <c>5s</c>, <c>500ms</c>.
/// </summary>
public sealed record Policy
{
    /// <summary>What holds for a database whose environment is not configured.</summary>
    public static readonly Policy Production = new();

    /// <summary>How old a verified backup may be to count as fresh; an older one is taken anew before a migration. Default 1 hour.</summary>
    public TimeSpan MaxVerifiedBackupAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How old the newest backup may be in a readiness check. Default 26 hours: daily, with room for a late run.</summary>
    public TimeSpan MaxBackupAge { get; init; } = TimeSpan.FromHours(26);

    /// <summary>How old the newest restore drill may be in a readiness check. Default 8 days: weekly, with room.</summary>
    public TimeSpan MaxDrillAge { get; init; } = TimeSpan.FromDays(8);

    /// <summary>Whether a migration must be rehearsed on the restored copy first.</summary>
    public bool RequireRehearsal { get; init; } = true;

    /// <summary>Whether backups must be encrypted.</summary>
    public bool RequireEncryption { get; init; } = true;

    /// <summary>Whether the destination must be off-site for readiness.</summary>
    public bool RequireOffSite { get; init; } = true;

    /// <summary>Highest level that passes without an allowance.</summary>
    public RiskLevel MaxRisk { get; init; } = RiskLevel.Safe;

    /// <summary>Rules whose findings are allowed here.</summary>
    public IReadOnlyList<string> AllowHazards { get; init; } = [];

    /// <summary>Rules that are switched off.</summary>
    public IReadOnlyList<string> DisabledRules { get; init; } = [];

    /// <summary>Rules whose level differs here.</summary>
    public IReadOnlyDictionary<string, RiskLevel> RuleLevels { get; init; } = new Dictionary<string, RiskLevel>(StringComparer.Ordinal);

    /// <summary>Which ways back count for a migration.</summary>
    public IReadOnlyList<WayBack> WaysBack { get; init; } = [WayBack.DownScript, WayBack.Manual];

    /// <summary>Whether schema and data may change in one migration.</summary>
    public bool AllowMixedMigrations { get; init; }

    /// <summary>Whether commands that reset the database are allowed.</summary>
    public bool AllowReset { get; init; }

    /// <summary>How long one attempt waits for a lock. Default 5 s.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one statement may run; zero for no limit. Default 30 minutes.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How often a statement that did not get its lock is tried again. Default 10.</summary>
    public int LockRetries { get; init; } = 10;

    /// <summary>How long a backfill in batches waits at a stretch for replicas and load to come back under its limits. Default 10 minutes.</summary>
    public TimeSpan BatchPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How much slower a query probe may become before the run reports it, as a factor. Default 2.</summary>
    public double MaxProbeSlowdown { get; init; } = 2;

    /// <summary>What to keep when pruning.</summary>
    public RetentionSettings Retention { get; init; } = new();
}

/// <summary>Ways to take a migration back.</summary>
public enum WayBack
{
    /// <summary>A down script.</summary>
    DownScript,

    /// <summary>A documented manual strategy in the file.</summary>
    Manual,

    /// <summary>Restore of the backup taken before, by swap.</summary>
    Restore,
}

/// <summary>What to keep; the buckets are ORed. All zero means: keep what is younger than <see cref="Within"/>.</summary>
public sealed record RetentionSettings
{
    /// <summary>Everything younger than this, counted from the newest archive. Default 30 days.</summary>
    public TimeSpan Within { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The newest so many.</summary>
    public int Last { get; init; }

    /// <summary>One for each of so many hours that have one.</summary>
    public int Hourly { get; init; }

    /// <summary>One for each of so many days that have one.</summary>
    public int Daily { get; init; }

    /// <summary>One for each of so many ISO weeks that have one.</summary>
    public int Weekly { get; init; }

    /// <summary>One for each of so many months that have one.</summary>
    public int Monthly { get; init; }

    /// <summary>One for each of so many years that have one.</summary>
    public int Yearly { get; init; }

    /// <summary>Never fewer than this many. Default 3.</summary>
    public int Minimum { get; init; } = 3;
}
