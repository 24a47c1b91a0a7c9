using SafeDb.Configuration;
using SafeDb.Migration.Plan;

namespace SafeDb.Readiness;

/// <summary>Everything that the checklist is judged by. Gathered once, judged without touching anything.</summary>
public sealed record ReadinessFacts
{
    /// <summary>The time of the check.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The policy that holds.</summary>
    public required Policy Policy { get; init; }

    /// <summary>Archives of the database, newest first, as far as they could be authenticated.</summary>
    public IReadOnlyList<BackupInfo> Backups { get; init; } = [];

    /// <summary>Why the archives could not be listed, or null.</summary>
    public string? BackupsProblem { get; init; }

    /// <summary>Where the archives are, without secrets; null when no destination is known.</summary>
    public string? Destination { get; init; }

    /// <summary>Whether that place is off-site.</summary>
    public bool OffSite { get; init; }

    /// <summary>The plan of the migrations; null when there is no folder or it could not be read.</summary>
    public MigrationPlan? Migrations { get; init; }

    /// <summary>Why there is no plan, or null.</summary>
    public string? MigrationsProblem { get; init; }

    /// <summary>What to do about that, or null.</summary>
    public string? MigrationsAdvice { get; init; }

    /// <summary>Runs that left evidence.</summary>
    public IReadOnlyList<LoggedRun> Runs { get; init; } = [];

    /// <summary>The document that tells how to restore, or null when none is named.</summary>
    public RestoreDocument? RestoreDocument { get; init; }

    /// <summary>Schedules of this machine for the database, judged.</summary>
    public IReadOnlyList<ScheduleInfo> Schedules { get; init; } = [];

    /// <summary>What scheduled runs said of themselves, oldest first.</summary>
    public IReadOnlyList<Heartbeat> Heartbeats { get; init; } = [];
}

/// <summary>A run of migrations that left evidence.</summary>
/// <param name="File">The evidence.</param>
/// <param name="LastAt">Time of its last line.</param>
/// <param name="Migrations">Ids of the migrations in it.</param>
public sealed record LoggedRun(string File, DateTimeOffset LastAt, IReadOnlySet<string> Migrations);

/// <summary>The document that tells how to restore.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Characters">How long it is; 0 when it does not exist.</param>
public sealed record RestoreDocument(string Path, long Characters);

/// <summary>What a scheduled run says of itself when it ends: one line of <c>heartbeats.jsonl</c> in the evidence folder.</summary>
/// <param name="Name">The schedule or runbook.</param>
/// <param name="FinishedAt">When it ended, in UTC.</param>
/// <param name="Succeeded">Whether it did its work.</param>
public sealed record Heartbeat(string Name, DateTimeOffset FinishedAt, bool Succeeded)
{
    /// <summary>What happened, for a person.</summary>
    public string? Message { get; init; }
}
