using SafeDb.Providers;

namespace SafeDb.Migration;

/// <summary>
/// A tool's history table in one database. Reading never creates it. Writing happens through the session given, in the transaction it has open, so that a migration and its
/// record are committed together; the tool's own lock must be held meanwhile.
/// </summary>
public interface IMigrationHistory
{
    /// <summary>Name of the format whose tool keeps this history.</summary>
    string Format { get; }

    /// <summary>Whether the table is there, with that tool's columns.</summary>
    Task<bool> ExistsAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Creates the table exactly as the tool would.</summary>
    Task CreateAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>What was applied, in order.</summary>
    Task<IReadOnlyList<AppliedMigration>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Records an event of a migration.</summary>
    Task RecordAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken);

    /// <summary>Takes the tool's own lock without waiting; null when it is held. Tools that have none return a lock that does nothing.</summary>
    Task<IAsyncDisposable?> TryLockAsync(IDatabaseSession session, CancellationToken cancellationToken);
}

/// <summary>A migration as the history says it.</summary>
/// <param name="Id">As <see cref="MigrationScript.Id"/>.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Checksum">What was recorded, or null when the tool records none.</param>
/// <param name="AppliedAt">When it ended, or null.</param>
public sealed record AppliedMigration(string Id, AppliedState State, string? Checksum, DateTimeOffset? AppliedAt)
{
    /// <summary>Whether everything up to this number counts as recorded too (tools that keep only the newest version).</summary>
    public bool CoversEarlier { get; init; }

    /// <summary>Fingerprint of the schema after it, or null when the tool records none.</summary>
    public string? SchemaFingerprint { get; init; }

    /// <summary>Whether it stands for all earlier versions (a baseline).</summary>
    public bool IsBaseline { get; init; }
}

/// <summary>Where a recorded migration stands.</summary>
public enum AppliedState
{
    /// <summary>Applied.</summary>
    Applied,

    /// <summary>Begun, and neither ended nor taken back.</summary>
    Failed,

    /// <summary>Taken back.</summary>
    RolledBack,
}

/// <summary>What is recorded.</summary>
/// <param name="Script">The migration.</param>
/// <param name="Event">What happened.</param>
/// <param name="StartedAt">When it began, in UTC.</param>
/// <param name="FinishedAt">When it ended, in UTC.</param>
/// <param name="Log">Text for the tool's log column, or null.</param>
public sealed record MigrationRecord(MigrationScript Script, MigrationEvent Event, DateTimeOffset StartedAt, DateTimeOffset FinishedAt, string? Log)
{
    /// <summary>Rows that its statements changed.</summary>
    public long RowsAffected { get; init; }

    /// <summary>The run it belongs to.</summary>
    public string RunId { get; init; } = "";

    /// <summary>Fingerprint of the schema, for <see cref="MigrationEvent.SchemaRead"/>.</summary>
    public string? SchemaFingerprint { get; init; }

    /// <summary>Id of the migration before it, or null for the first: tools that keep only the newest version go back to it.</summary>
    public string? PreviousId { get; init; }
}

/// <summary>What happened to a migration.</summary>
public enum MigrationEvent
{
    /// <summary>It begins (for tools that record that before).</summary>
    Started,

    /// <summary>It is applied.</summary>
    Applied,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was taken back.</summary>
    RolledBack,

    /// <summary>It is declared applied without running.</summary>
    Baselined,

    /// <summary>The schema as it is after it was read; only SafeDb's own history keeps that.</summary>
    SchemaRead,
}
