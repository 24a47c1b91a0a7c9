using SafeDb.Addresses;
using SafeDb.Fingerprints;
using SafeDb.Schema;

namespace SafeDb.Archive;

/// <summary>What an archive says of itself. Serialised as JSON, sealed, and authenticated by the archive's key.</summary>
public sealed record ArchiveManifest
{
    /// <summary>Version of the archive format.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The archive's id: 32 lower-case hex digits, also in its header.</summary>
    public required string ArchiveId { get; init; }

    /// <summary>What was backed up.</summary>
    public required ManifestSource Source { get; init; }

    /// <summary>Moment that the data shows, in UTC.</summary>
    public required DateTimeOffset SnapshotTime { get; init; }

    /// <summary>When the backup began and ended, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <inheritdoc cref="StartedAt"/>
    public required DateTimeOffset CompletedAt { get; init; }

    /// <summary>Version of SafeDb that wrote the archive.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The filters that were used.</summary>
    public required BackupScope Scope { get; init; }

    /// <summary>Whether everything in the database is in the archive.</summary>
    public required Coverage Coverage { get; init; }

    /// <summary>The schema, in creation order.</summary>
    public required IReadOnlyList<SchemaObject> SchemaObjects { get; init; }

    /// <summary>Digest of the schema (<see cref="DatabaseSchema.Fingerprint"/>).</summary>
    public required string SchemaFingerprint { get; init; }

    /// <summary>Every table, also those whose rows are not in the archive.</summary>
    public required IReadOnlyList<ManifestTable> Tables { get; init; }

    /// <summary>Every part, by number.</summary>
    public required IReadOnlyList<ManifestPart> Parts { get; init; }

    /// <summary>Values that are state rather than rows: sequences, <c>user_version</c>. Compared by the drill.</summary>
    public IReadOnlyDictionary<string, string> State { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Facts of the engine that a restore needs: encoding, locale, page size, roles. Not compared by the drill.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The schema as the model that comparisons take.</summary>
    public DatabaseSchema ToSchema() => new(Source.Engine, Source.EngineVersion, SchemaObjects);
}

/// <summary>What was backed up.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="EngineVersion">Its version as a comparable integer.</param>
/// <param name="EngineVersionText">Its version as it calls itself.</param>
/// <param name="Database">The database's name.</param>
/// <param name="Address">Its address without secrets.</param>
public sealed record ManifestSource(DatabaseEngine Engine, int EngineVersion, string EngineVersionText, string Database, string Address);

/// <summary>
/// Whose rows a backup was asked to take; the definitions are always whole. Patterns are wildcards with <c>*</c> and <c>?</c>; what those for tables mean, <see cref="TablePattern"/> says.
/// What the archive holds stands with its tables: the scope only tells how they were chosen.
/// </summary>
public sealed record BackupScope
{
    /// <summary>Everything.</summary>
    public static readonly BackupScope Everything = new();

    /// <summary>Schemas whose tables' rows are taken; none means all.</summary>
    public IReadOnlyList<string> IncludeSchemas { get; init; } = [];

    /// <summary>Schemas whose tables' rows are left out.</summary>
    public IReadOnlyList<string> ExcludeSchemas { get; init; } = [];

    /// <summary>Tables whose rows are taken (<c>schema.table</c> or <c>table</c>); none means all.</summary>
    public IReadOnlyList<string> IncludeTables { get; init; } = [];

    /// <summary>Tables whose rows are left out.</summary>
    public IReadOnlyList<string> ExcludeTables { get; init; } = [];

    /// <summary>Definitions without rows.</summary>
    public bool SchemaOnly { get; init; }

    /// <summary>For its rows only: the definitions are stored, restored and compared all the same, since rows need them, but the archive never replaces a whole database.</summary>
    public bool DataOnly { get; init; }

    /// <summary>Whether no filter is set.</summary>
    public bool IsEverything => !SchemaOnly && !DataOnly && !ChoosesTables;

    /// <summary>Whether a filter chooses among schemas or tables.</summary>
    public bool ChoosesTables => IncludeSchemas.Count + ExcludeSchemas.Count + IncludeTables.Count + ExcludeTables.Count > 0;
}

/// <summary>Whether the archive holds all there is.</summary>
/// <param name="Complete">True when every object is in the archive.</param>
/// <param name="NotCovered">Otherwise what is missing, one line per object with its reason.</param>
public sealed record Coverage(bool Complete, IReadOnlyList<string> NotCovered)
{
    /// <summary>Everything is there.</summary>
    public static readonly Coverage Full = new(true, []);
}

/// <summary>A table in the manifest.</summary>
/// <param name="Name">Identity as in the schema, such as <c>public.orders</c>.</param>
/// <param name="Columns">Names of the columns whose values are in the rows, in their order.</param>
/// <param name="Fingerprint">Digest of its rows, or null when its rows are not in the archive.</param>
public sealed record ManifestTable(string Name, IReadOnlyList<string> Columns, RowFingerprint? Fingerprint)
{
    /// <summary>Why the rows are not in the archive, or null when they are: <c>foreign table</c>, <c>excluded</c>, <c>schema only</c>.</summary>
    public string? RowsOmitted { get; init; }

    /// <summary>Columns of the primary key (or a unique key without NULLs), for finding rows; empty when there is none.</summary>
    public IReadOnlyList<string> KeyColumns { get; init; } = [];

    /// <summary>Engine facts that a load of this table needs.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>What the bytes of a part are.</summary>
public enum PartKind
{
    /// <summary>Rows of one table, one line each.</summary>
    Rows,

    /// <summary>A range of a database file.</summary>
    Image,

    /// <summary>Large objects.</summary>
    LargeObjects,
}

/// <summary>A part of the archive.</summary>
/// <param name="Number">From 1; the entry is <c>parts/</c> and the number in six digits.</param>
/// <param name="Kind">What its bytes are.</param>
/// <param name="Target">The table's name, or empty when the part belongs to no table.</param>
/// <param name="PlainBytes">Bytes before compression.</param>
/// <param name="StoredBytes">Bytes of the entry.</param>
/// <param name="Sha256">SHA-256 of the entry's bytes as stored, lower-case hex.</param>
/// <param name="Rows">Rows in the part, 0 when it has none.</param>
/// <param name="Offset">First byte in the database file, for <see cref="PartKind.Image"/>.</param>
/// <param name="Codec">How it is compressed: <c>br</c> or <c>none</c>.</param>
public sealed record ManifestPart(int Number, PartKind Kind, string Target, long PlainBytes, long StoredBytes, string Sha256, long Rows, long Offset, string Codec);
