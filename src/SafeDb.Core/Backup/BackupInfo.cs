using SafeDb.Addresses;

namespace SafeDb;

/// <summary>One archive as users see it: what <c>Backup-SafeDb</c> returns and <c>Get-SafeDbBackup</c> lists.</summary>
public sealed record BackupInfo
{
    /// <summary>Full location of the archive; what <c>-Backup</c> takes.</summary>
    public required string Backup { get; init; }

    /// <summary>Name of the archive in its destination.</summary>
    public required string Name { get; init; }

    /// <summary>Folder or container, without secrets.</summary>
    public required string Destination { get; init; }

    /// <summary>The database: its name in <c>safedb.json</c>, else its address without secrets; what <c>-Database</c> takes.</summary>
    public string? Database { get; init; }

    /// <summary>The database's own name.</summary>
    public string? DatabaseName { get; init; }

    /// <summary>The engine.</summary>
    public DatabaseEngine? Engine { get; init; }

    /// <summary>The archive's id.</summary>
    public string? ArchiveId { get; init; }

    /// <summary>Moment that the data shows, in UTC. From the authenticated manifest when a key was given, else as the archive's header says.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Size of the archive in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Rows in it, or null when only the header could be read.</summary>
    public long? Rows { get; init; }

    /// <summary>Tables in it, or null when only the header could be read.</summary>
    public int? Tables { get; init; }

    /// <summary>Large objects in it, which are neither tables nor rows; null for none, and when only the header could be read.</summary>
    public long? LargeObjects { get; init; }

    /// <summary>Whether it is encrypted; null when its header could not be read.</summary>
    public bool? Encrypted { get; init; }

    /// <summary>Whether the file is an archive at all, whole or damaged; false for one that only has the name of an archive.</summary>
    public bool IsArchive { get; init; } = true;

    /// <summary>How it can be opened: <c>certificate</c>, <c>passphrase</c>, <c>key</c>.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>
    /// How much of the database it holds: <c>Complete</c>; <c>Partial</c> when something could not be covered; <c>Filtered</c> when it was taken with filters, and so is no backup of the whole database
    /// whatever they left in. When only the header could be read: <c>Filtered</c>, <c>Unfiltered</c> (complete or partial, which only the manifest tells) or <c>Unknown</c>, none of them authenticated.
    /// Null when not even the header could be read.
    /// </summary>
    public string? Coverage { get; init; }

    /// <summary>The filters that it was taken with, one sentence each, such as <c>definitions without rows</c>; empty for none, and when only the header could be read.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>What it does not hold, one line each with its reason.</summary>
    public IReadOnlyList<string> NotCovered { get; init; } = [];

    /// <summary>How long the backup took; only from <c>Backup-SafeDb</c>.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>When the verification that <see cref="Verification"/> names ended, in UTC; null for never.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>
    /// The last verification when it failed, else the deepest that passed since the last failure, such as <c>Restore: Passed</c>: a look at the checksums takes nothing away from a drill. Of a file that
    /// could not be read, what it is: <c>Not an archive</c>, <c>Damaged</c>, <c>Not opened</c>, <c>Not readable</c>; then <see cref="Reason"/> says why.
    /// </summary>
    public string? Verification { get; init; }

    /// <summary>
    /// Objects that the verification named in <see cref="Verification"/> left out of its copy, each with its reason, such as the policy of a role that the scratch server does not have. Such a drill proves the rows, but not
    /// that the whole archive can be restored: it makes nothing <see cref="Verified"/>.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Whether the last restore drill of the whole archive passed and nothing failed since. True only when the record of it was authenticated.</summary>
    public bool Verified { get; init; }

    /// <summary>When the last authenticated restore drill ended, in UTC; null for never. One that passed but left objects out is none.</summary>
    public DateTimeOffset? DrilledAt { get; init; }

    /// <summary>Whether time, rows and verification come from the authenticated manifest and record rather than from what anybody could have written.</summary>
    public bool Authenticated { get; init; }

    /// <summary>Whether a legal hold or an immutability policy protects it.</summary>
    public bool Held { get; init; }

    /// <summary>What protects it, such as <c>legal hold</c> or <c>immutable until 2026-01-31 00:00:00Z</c>; null for nothing.</summary>
    public string? HeldBy { get; init; }

    /// <summary>The access tier it lies in; null where the store has none.</summary>
    public string? Tier { get; init; }

    /// <summary>How old it is against the time of the call.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Whether it is as young as the policy wants the newest backup to be; null when no policy was asked.</summary>
    public bool? WithinPolicy { get; init; }

    /// <summary>Why an operation kept, removed or copied it, or why it could not be read; null otherwise.</summary>
    public string? Reason { get; init; }
}
