using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using SafeDb.Schema;

namespace SafeDb.Providers;

/// <summary>
/// A place that an archive is restored into. The restored database stands aside, under another name, until <see cref="CommitAsync"/>.
/// Calls come in this order: <see cref="PrepareAsync"/>, <see cref="LoadAsync"/> for every part wanted or <see cref="LoadTableAsync"/> for all parts of a table (several at the same time), <see cref="FinishAsync"/>,
/// then <see cref="ReadContentAsync"/> and <see cref="FindDifferencesAsync"/> as wanted, then <see cref="CommitAsync"/> unless it is a scratch copy.
/// Disposing without a commit removes everything that was created: after it the server or folder is as it was.
/// </summary>
public interface IRestoreTarget : IAsyncDisposable
{
    /// <summary>The copy that stands aside, usable after <see cref="FinishAsync"/>: a rehearsal runs here.</summary>
    DatabaseAddress Copy { get; }

    /// <summary>What <see cref="CommitAsync"/> does to others, as things were when the target was opened, one sentence each without a full stop; none where it does nothing to anybody.</summary>
    IReadOnlyList<string> Effects => [];

    /// <summary>Creates the copy and all that must exist before rows.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Loads one part from its plain bytes.</summary>
    Task LoadAsync(ManifestPart part, Stream plain, CancellationToken cancellationToken);

    /// <summary>Loads all rows of a table in one go, where an engine can do that better than part by part; else like any part.</summary>
    /// <param name="first">The table's first part.</param>
    /// <param name="plain">The rows of all its parts, one after another.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task LoadTableAsync(ManifestPart first, Stream plain, CancellationToken cancellationToken) => LoadAsync(first, plain, cancellationToken);

    /// <summary>Creates what comes after the rows, and makes the copy durable.</summary>
    Task FinishAsync(CancellationToken cancellationToken);

    /// <summary>Reads the copy back: schema, rows of every table, state. This is what the drill compares with the manifest.</summary>
    Task<RestoredContent> ReadContentAsync(RestoredContentRequest request, CancellationToken cancellationToken);

    /// <summary>Finds rows of a table that differ between archive and copy, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<RowDifference>> FindDifferencesAsync(ManifestTable table, IArchivedData archive, int limit, CancellationToken cancellationToken);

    /// <summary>Puts the copy in its final place, atomically. After it, and only after it, the target's name leads to the restored data.</summary>
    Task<RestoreCommit> CommitAsync(CancellationToken cancellationToken);
}

/// <summary>How a restore treats what is there.</summary>
public enum RestoreMode
{
    /// <summary>A scratch copy, removed at the end.</summary>
    Scratch,

    /// <summary>The target must not exist, or be an empty database.</summary>
    New,

    /// <summary>The target is replaced by a swap; the old database is kept under a dated name.</summary>
    Replace,
}

/// <summary>What a restore is asked to do.</summary>
/// <param name="Address">The target; for <see cref="RestoreMode.Scratch"/> the server or folder in which the scratch copy may be made.</param>
/// <param name="Mode">How existing data is treated.</param>
public sealed record RestoreRequest(DatabaseAddress Address, RestoreMode Mode)
{
    /// <summary>Only these tables' rows (wildcards as <see cref="TablePattern"/> reads them); none means all. A partitioned table stands for its partitions.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Definitions only.</summary>
    public bool SchemaOnly { get; init; }

    /// <summary>Leave ownership to the restoring user.</summary>
    public bool NoOwner { get; init; }

    /// <summary>Leave out privileges.</summary>
    public bool NoPrivileges { get; init; }

    /// <summary>Things done at the same time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Where the operation reports.</summary>
    public IOperationObserver Observer { get; init; } = SilentObserver.Instance;
}

/// <summary>What to read back.</summary>
/// <param name="Tables">Tables whose rows are wanted; null for all.</param>
/// <param name="Jobs">Tables read at the same time.</param>
public sealed record RestoredContentRequest(IReadOnlySet<string>? Tables, int Jobs);

/// <summary>What a restored copy holds.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Fingerprints">Digest of the rows of each table, under the same algorithm and key as the manifest's.</param>
/// <param name="State">See <see cref="ArchiveManifest.State"/>.</param>
public sealed record RestoredContent(
    DatabaseSchema Schema, IReadOnlyDictionary<string, RowFingerprint> Fingerprints, IReadOnlyDictionary<string, string> State)
{
    /// <summary>Problems that the engine's own integrity check found; empty when there are none.</summary>
    public IReadOnlyList<string> IntegrityProblems { get; init; } = [];

    /// <summary>Names of state that cannot be compared, because it tells of rows that were left out as asked.</summary>
    public IReadOnlySet<string> StateLeftOut { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// Objects of the archive that the copy was made without, each with its reason (<see cref="Schema"/> has them all the same, since they are no difference that nobody foresaw). A copy that
    /// lacks something proves rows, but not that the whole archive can be restored.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Number of the archive's objects that were not compared, because they were left out for a reason or as asked.</summary>
    public int ObjectsNotCompared { get; init; }

    /// <summary>What was neither restored nor compared, as the request asked: <c>owners</c>, <c>privileges</c>.</summary>
    public IReadOnlyList<string> NotCompared { get; init; } = [];
}

/// <summary>How a row differs.</summary>
public enum RowChange
{
    /// <summary>In the archive, not in the copy.</summary>
    Missing,

    /// <summary>In the copy, not in the archive.</summary>
    Extra,

    /// <summary>In both, with other values.</summary>
    Changed,
}

/// <summary>One row that differs. Names the row by its key, never shows its other values.</summary>
/// <param name="Table">The table.</param>
/// <param name="Change">How it differs.</param>
/// <param name="Key">Key columns and their values, such as <c>id=42</c>; a digest of the row when the table has no key.</param>
/// <param name="Columns">Columns whose values differ, when known.</param>
public sealed record RowDifference(string Table, RowChange Change, string Key, IReadOnlyList<string> Columns)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Change} in {Table}: {Key}{(Columns.Count == 0 ? string.Empty : $" ({string.Join(", ", Columns)})")}";
}

/// <summary>What a commit did.</summary>
/// <param name="Database">Address that now leads to the restored data.</param>
/// <param name="Previous">Where the old database was kept, or null when there was none.</param>
public sealed record RestoreCommit(DatabaseAddress Database, string? Previous);

/// <summary>Gives a restore target the archive's plain data again.</summary>
public interface IArchivedData
{
    /// <summary>The manifest.</summary>
    ArchiveManifest Manifest { get; }

    /// <summary>Opens the plain bytes of a part; they are authenticated as they are read.</summary>
    Task<Stream> OpenPartAsync(ManifestPart part, CancellationToken cancellationToken);
}
