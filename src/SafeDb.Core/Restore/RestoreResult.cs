namespace SafeDb;

/// <summary>What a restore did: what <c>Restore-SafeDb</c> returns.</summary>
public sealed record RestoreResult
{
    /// <summary>Location of the archive.</summary>
    public required string Backup { get; init; }

    /// <summary>The database that now holds the restored data, without secrets.</summary>
    public required string Database { get; init; }

    /// <summary>Moment that the restored data shows.</summary>
    public required DateTimeOffset SnapshotTime { get; init; }

    /// <summary>Where the old database was kept, or null when there was none.</summary>
    public string? Previous { get; init; }

    /// <summary>Location of the safety backup of the old database, or null when none was needed.</summary>
    public string? SafetyBackup { get; init; }

    /// <summary>Tables restored with their rows.</summary>
    public int Tables { get; init; }

    /// <summary>Rows restored and compared.</summary>
    public long Rows { get; init; }

    /// <summary>Large objects restored and compared, which are neither tables nor rows; null for none.</summary>
    public long? LargeObjects { get; init; }

    /// <summary>When it began, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, verification and swap included.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Whether the restored copy was proved equal to the archive before it took the database's name.</summary>
    public bool Verified { get; init; }

    /// <summary>
    /// How much of the backed-up database it holds, as <see cref="BackupInfo.Coverage"/> says it of the archive: <c>Complete</c>; <c>Partial</c> when the archive could not cover something; <c>Filtered</c> when the
    /// archive was taken with filters or only definitions or some tables were asked for.
    /// </summary>
    public string? Coverage { get; init; }

    /// <summary>The filters of the archive and of this restore, one sentence each, such as <c>only tables orders</c>; empty for none.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>What it does not hold, one line each with its reason.</summary>
    public IReadOnlyList<string> NotCovered { get; init; } = [];

    /// <summary>What somebody must know of the restored database, such as a foreign key that was left unvalidated because rows that it refers to are not there.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
