namespace SafeDb;

/// <summary>What a schedule does.</summary>
public enum ScheduledTask
{
    /// <summary>Back up, prove by a restore drill, prune.</summary>
    NightlyBackup,

    /// <summary>Restore the newest archive aside and compare every row.</summary>
    RestoreDrill,

    /// <summary>Answer the readiness checklist.</summary>
    ReadinessCheck,
}

/// <summary>What keeps a schedule.</summary>
public enum SchedulePlatform
{
    /// <summary>What this machine has: systemd, else cron; on Windows the task scheduler.</summary>
    Auto,

    /// <summary>The crontab of the user.</summary>
    Cron,

    /// <summary>A systemd timer: of the system for root, else of the user.</summary>
    Systemd,

    /// <summary>A task of the Windows task scheduler.</summary>
    WindowsTask,

    /// <summary>A schedule of Azure Automation: its definition is given, nothing is changed.</summary>
    AzureAutomation,

    /// <summary>A workflow of GitHub Actions: its definition is given, nothing is changed.</summary>
    GitHub,
}

/// <summary>A schedule, and whether it really runs: what the schedule cmdlets return.</summary>
/// <param name="Name">Its name, such as <c>nightly-backup-shop</c>.</param>
/// <param name="Task">What it does.</param>
/// <param name="Database">The database, by its name in safedb.json.</param>
/// <param name="Platform">What keeps it.</param>
public sealed record ScheduleInfo(string Name, ScheduledTask Task, string Database, SchedulePlatform Platform)
{
    /// <summary>When it runs, such as <c>daily 02:17</c>.</summary>
    public required string When { get; init; }

    /// <summary>True when it ran as often as it should and did its work the last time; false when not; null when it is not due yet or nothing here can tell.</summary>
    public bool? Alive { get; init; }

    /// <summary>What <see cref="Alive"/> rests on.</summary>
    public string? Evidence { get; init; }

    /// <summary>When it ended last by its own evidence, in UTC.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>Whether that run did its work.</summary>
    public bool? LastSucceeded { get; init; }

    /// <summary>When the newest archive of the database was taken, in UTC; only of backups.</summary>
    public DateTimeOffset? LastBackupAt { get; init; }

    /// <summary>When it runs next, when the platform says so.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>What the platform says of it.</summary>
    public string? State { get; init; }

    /// <summary>Folder where its runs leave their evidence.</summary>
    public string? EvidencePath { get; init; }

    /// <summary>The lines, unit files or XML that define it.</summary>
    public string? Definition { get; init; }
}
