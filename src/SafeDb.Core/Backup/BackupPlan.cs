using SafeDb.Addresses;
using SafeDb.Archive;

namespace SafeDb.Backup;

/// <summary>What a backup will do. Holds no secret; the secrets are given to the execution.</summary>
/// <param name="Database">The database, without secrets.</param>
/// <param name="Engine">Its engine.</param>
/// <param name="Destination">Where the archive goes, without secrets.</param>
/// <param name="Name">The archive's name.</param>
/// <param name="ArchiveId">The archive's id.</param>
/// <param name="Scope">What is taken.</param>
/// <param name="Encrypted">Whether it is sealed.</param>
/// <param name="Jobs">Units read at the same time.</param>
/// <param name="AllowPartial">Whether an incomplete backup is accepted.</param>
public sealed record BackupPlan(
    string Database, DatabaseEngine Engine, string Destination, string Name, string ArchiveId, BackupScope Scope, bool Encrypted, int Jobs, bool AllowPartial)
{
    /// <inheritdoc/>
    public override string ToString() => $"Back up {Database} to {Destination} as {Name}{(Encrypted ? string.Empty : ", not encrypted")}";
}
