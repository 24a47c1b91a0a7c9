namespace SafeDb.Migration;

/// <summary>
/// A tool's way to lay out migrations on disk. Reads folders; runs nothing. One per tool: plain SQL, Prisma Migrate, node-pg-migrate, Flyway, golang-migrate, dbmate.
/// </summary>
public interface IMigrationFormat
{
    /// <summary>Name for <c>-Format</c>, such as <c>plain</c>, <c>prisma</c>.</summary>
    string Name { get; }

    /// <summary>How sure it is that the folder is of this format, with the reason; never throws for a folder that exists.</summary>
    FormatMatch Detect(MigrationFolder folder);

    /// <summary>Reads every migration in the order in which the tool would run them. Throws for gaps, duplicates and files that the tool would misread.</summary>
    IReadOnlyList<MigrationScript> Read(MigrationFolder folder);
}

/// <summary>A folder's listing, read once: relative paths with <c>/</c>, ordinal order.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Files">Files below it.</param>
public sealed record MigrationFolder(string Path, IReadOnlyList<string> Files)
{
    /// <summary>Names of the folder's own directories, ordinal order: an empty one has no file to show it.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];
}

/// <summary>Whether a folder is of a format.</summary>
/// <param name="Certainty">0 no, 1 possible, 2 likely, 3 certain (a marker file or a history table's own name).</param>
/// <param name="Reason">Why.</param>
public sealed record FormatMatch(int Certainty, string Reason);

/// <summary>A migration as its files say it.</summary>
public sealed record MigrationScript
{
    /// <summary>What orders and names it in the history, such as <c>003</c> or <c>20240101120000_add_orders</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The file of the up script.</summary>
    public required string Path { get; init; }

    /// <summary>What it does.</summary>
    public required string UpSql { get; init; }

    /// <summary>What takes it back, or null.</summary>
    public string? DownSql { get; init; }

    /// <summary>Queries that must hold after it, or null.</summary>
    public string? VerifySql { get; init; }

    /// <summary>The documented manual way back (from <c>-- safedb:rollback</c> lines), or null.</summary>
    public string? ManualRollback { get; init; }

    /// <summary>Checksum in the tool's own way.</summary>
    public required string Checksum { get; init; }

    /// <summary>Checksums that mean the same content (other line endings, a BOM).</summary>
    public IReadOnlyList<string> EquivalentChecksums { get; init; } = [];

    /// <summary>File of the down script when it is not <see cref="Path"/> itself, or null.</summary>
    public string? DownPath { get; init; }

    /// <summary>Line of the down script's file on which <see cref="DownSql"/> begins, from 1.</summary>
    public int DownLine { get; init; } = 1;

    /// <summary>File of the verify script when it is not <see cref="Path"/> itself, or null.</summary>
    public string? VerifyPath { get; init; }

    /// <summary>What the tool's history writes beside the id (Flyway's script), or null.</summary>
    public string? HistoryName { get; init; }

    /// <summary>What sort of migration it is.</summary>
    public MigrationKind Kind { get; init; }

    /// <summary>SHA-256, lower-case hex, of the up script without byte order mark and with LF line ends: what a plan pins, whatever the tool's own checksum.</summary>
    public string ContentHash => MigrationChecksums.Content(UpSql);

    /// <summary>Whether the file asks to run outside a transaction.</summary>
    public bool NoTransaction { get; init; }

    /// <summary>Whether it runs again whenever its text changes (Flyway's R).</summary>
    public bool Repeatable { get; init; }

    /// <summary>Line of <see cref="Path"/> on which <see cref="UpSql"/> begins, from 1.</summary>
    public int UpLine { get; init; } = 1;
}

/// <summary>What sort of migration a file holds.</summary>
public enum MigrationKind
{
    /// <summary>Runs once, in its place.</summary>
    Versioned,

    /// <summary>Runs whenever its text changed, after the versioned ones.</summary>
    Repeatable,

    /// <summary>Stands for all versions up to its own, on an empty history only.</summary>
    Baseline,
}
