using SafeDb.Errors;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb;

/// <summary>How deep a verification goes.</summary>
public enum VerificationLevel
{
    /// <summary>Every stored byte is what was written. Needs no key.</summary>
    Checksum,

    /// <summary>The schema is restored into a scratch database and compared.</summary>
    Schema,

    /// <summary>Everything is restored into a scratch database, and every row compared: the restore drill.</summary>
    Restore,
}

/// <summary>What a verification found: what <c>Test-SafeDbBackup</c> returns.</summary>
public sealed record BackupVerification
{
    /// <summary>Location of the archive; what <c>-Backup</c> takes.</summary>
    public required string Backup { get; init; }

    /// <summary>The database that it is a backup of; what <c>-Database</c> takes.</summary>
    public string? Database { get; init; }

    /// <summary>How deep it went.</summary>
    public required VerificationLevel Level { get; init; }

    /// <summary>Whether everything compared is equal.</summary>
    public required bool Passed { get; init; }

    /// <summary><c>Passed</c> or <c>Failed</c>.</summary>
    public string Result => Passed ? "Passed" : "Failed";

    /// <summary>Moment that the backup's data shows.</summary>
    public DateTimeOffset? SnapshotTime { get; init; }

    /// <summary>When the verification began, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took. At level <see cref="VerificationLevel.Restore"/> this is the measured recovery time and the comparison.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long the restore alone took: the measured recovery time. Null below level <see cref="VerificationLevel.Schema"/>.</summary>
    public TimeSpan? RecoveryTime { get; init; }

    /// <summary>Tables whose rows were compared.</summary>
    public int TablesCompared { get; init; }

    /// <summary>Rows that were compared.</summary>
    public long RowsCompared { get; init; }

    /// <summary>Large objects that were compared, which are neither tables nor rows; null for none.</summary>
    public long? LargeObjectsCompared { get; init; }

    /// <summary>Bytes of rows that were compared; at level <see cref="VerificationLevel.Checksum"/> bytes of the archive.</summary>
    public long BytesCompared { get; init; }

    /// <summary>Schema objects that were compared.</summary>
    public int ObjectsCompared { get; init; }

    /// <summary>Every table, with its result; large objects stand there under the name by which the archive holds them.</summary>
    public IReadOnlyList<TableVerification> Tables { get; init; } = [];

    /// <summary>Rows that differ, named by their keys; at most the first hundred per table.</summary>
    public IReadOnlyList<RowDifference> RowDifferences { get; init; } = [];

    /// <summary>Schema objects that differ.</summary>
    public IReadOnlyList<SchemaObjectDifference> SchemaDifferences { get; init; } = [];

    /// <summary>Sequences, settings and other state that differs, one sentence each.</summary>
    public IReadOnlyList<string> StateDifferences { get; init; } = [];

    /// <summary>What the engine's own integrity check found.</summary>
    public IReadOnlyList<string> IntegrityProblems { get; init; } = [];

    /// <summary>
    /// Objects of the archive that the copy was made without, each with its reason, such as the policy of a role that the scratch server does not have. Then the rows are proved, but it was no drill of the whole
    /// archive: a listing does not call it verified, and neither the readiness check nor retention counts it.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>What was neither restored nor compared, as asked: <c>owners</c>, <c>privileges</c>. The drill counts all the same, since rows and definitions are whole.</summary>
    public IReadOnlyList<string> NotCompared { get; init; } = [];

    /// <summary>What somebody must know of the restored copy, such as a foreign key that was left unvalidated because rows that it refers to are not in the archive.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it failed before anything could be compared (a wrong key, a damaged archive), or null.</summary>
    public SafeDbError? Error { get; init; }

    /// <summary>
    /// How much of the database the archive holds: <c>Complete</c>, <c>Partial</c>, or <c>Filtered</c> when it was taken with filters: then what passed is that part, not a backup of the database.
    /// Null when its manifest was not opened.
    /// </summary>
    public string? Coverage { get; init; }

    /// <summary>The filters that the backup was taken with, one sentence each.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>What the archive does not hold, one line each with its reason.</summary>
    public IReadOnlyList<string> NotCovered { get; init; } = [];

    /// <summary>Where the evidence stands, as a full path or URL without secrets; null when none was written.</summary>
    public string? Evidence { get; init; }

    /// <summary>Why no evidence was written, such as a look at the checksums of a sealed archive without its key; null when it was.</summary>
    public string? NoEvidence { get; init; }
}

/// <summary>A table in a verification.</summary>
/// <param name="Table">Its name.</param>
/// <param name="ExpectedRows">Rows by the manifest.</param>
/// <param name="RestoredRows">Rows in the restored copy.</param>
/// <param name="Equal">Whether the rows are equal, value by value.</param>
public sealed record TableVerification(string Table, long ExpectedRows, long RestoredRows, bool Equal)
{
    /// <summary>Bytes of the rows' canonical form.</summary>
    public long Bytes { get; init; }

    /// <summary>How long its parts took to load, summed over workers.</summary>
    public TimeSpan LoadTime { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Table}: {RestoredRows} of {Counted.Of(ExpectedRows, "row")}{(Equal ? ", equal" : ", different")}";
}
