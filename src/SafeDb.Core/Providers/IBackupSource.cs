using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using SafeDb.Schema;

namespace SafeDb.Providers;

/// <summary>
/// A database opened for one backup, or only to be asked what it would take (<see cref="ForeseeAsync"/>, and nothing else). Else calls come in this order: <see cref="DescribeAsync"/> once, <see cref="ReadAsync"/> for every unit (up to
/// <see cref="BackupRequest.Jobs"/> at the same time), <see cref="CompleteAsync"/> once. Disposing at any time stops the server's work at once and leaves nothing behind.
/// </summary>
public interface IBackupSource : IAsyncDisposable
{
    /// <summary>Takes the snapshot that everything is read from, reads the schema, counts what it covers, and says what there is to read.</summary>
    Task<BackupContents> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Says what a backup would take, by the same filters and failing as <see cref="DescribeAsync"/> would, and writes nothing anywhere.</summary>
    async Task<BackupOutlook> ForeseeAsync(CancellationToken cancellationToken)
    {
        BackupContents contents = await DescribeAsync(cancellationToken).ConfigureAwait(false);
        return new BackupOutlook(contents.Tables, contents.Coverage, contents.Units.Sum(unit => unit.EstimatedBytes));
    }

    /// <summary>Reads one unit into the sink. For rows, each write holds whole lines.</summary>
    Task ReadAsync(DataUnit unit, IPartSink sink, CancellationToken cancellationToken);

    /// <summary>Checks that the snapshot held to the end, reads what can only be known now, and releases it.</summary>
    Task<BackupClosing> CompleteAsync(CancellationToken cancellationToken);
}

/// <summary>What a backup is asked to do.</summary>
public sealed record BackupRequest
{
    /// <summary>What to take.</summary>
    public BackupScope Scope { get; init; } = BackupScope.Everything;

    /// <summary>Units read at the same time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Go on when something cannot be covered, and say so in the manifest.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>Id of the row hash and its key, for the fingerprints that the provider computes itself (<see cref="Fingerprints.RowFingerprint.Algorithm"/>).</summary>
    public string FingerprintAlgorithm { get; init; } = "sha256";

    /// <summary>Folder or server for scratch copies, or null for the engine's default.</summary>
    public string? Scratch { get; init; }

    /// <summary>Where the operation reports.</summary>
    public IOperationObserver Observer { get; init; } = SilentObserver.Instance;
}

/// <summary>What there is to read.</summary>
public sealed record BackupContents
{
    /// <summary>The source.</summary>
    public required ManifestSource Source { get; init; }

    /// <summary>Moment of the snapshot, in UTC.</summary>
    public required DateTimeOffset SnapshotTime { get; init; }

    /// <summary>The schema.</summary>
    public required DatabaseSchema Schema { get; init; }

    /// <summary>Every table; fingerprints are filled in later.</summary>
    public required IReadOnlyList<ManifestTable> Tables { get; init; }

    /// <summary>What is to be read, the largest first.</summary>
    public required IReadOnlyList<DataUnit> Units { get; init; }

    /// <summary>Whether it is all.</summary>
    public required Coverage Coverage { get; init; }

    /// <summary>See <see cref="ArchiveManifest.State"/>.</summary>
    public IReadOnlyDictionary<string, string> State { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>See <see cref="ArchiveManifest.Properties"/>.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>Something that one worker reads in one go: a table, a slice of it, a range of a file.</summary>
/// <param name="Kind">What its bytes are.</param>
/// <param name="Target">The table's name, or empty.</param>
/// <param name="EstimatedBytes">Expected size before compression.</param>
/// <param name="State">The provider's own description of the slice.</param>
public sealed record DataUnit(PartKind Kind, string Target, long EstimatedBytes, object? State)
{
    /// <summary>First byte in the database file, for <see cref="PartKind.Image"/>.</summary>
    public long Offset { get; init; }
}

/// <summary>What is known only after everything was read.</summary>
public sealed record BackupClosing
{
    /// <summary>Fingerprints that the provider computed itself, by table; tables read as <see cref="PartKind.Rows"/> are counted by the pipeline.</summary>
    public IReadOnlyDictionary<string, RowFingerprint> Fingerprints { get; init; } = new Dictionary<string, RowFingerprint>(StringComparer.Ordinal);
}

/// <summary>Takes the bytes of a unit, hashes rows, compresses and encrypts, and cuts parts at row borders. Not thread-safe; one per unit.</summary>
public interface IPartSink
{
    /// <summary>
    /// Writes bytes. For <see cref="PartKind.Rows"/> these are whole lines, each ending in LF; for the others any bytes. The memory may be reused after the call returns.
    /// Waits when the archive's store cannot keep up.
    /// </summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken);
}
