using SafeDb.Addresses;

namespace SafeDb.Migration.Run;

/// <summary>The backup under a run: taken or found young enough, proved by a restore, and the way back when scripts do not lead there.</summary>
public interface ISafetyNet
{
    /// <summary>
    /// Gives a backup that was proved by a restore and is no older than <paramref name="maxAge"/>, taking and proving a new one when needed. With <paramref name="onCopy"/>, a copy is
    /// restored in any case and handed over while it exists.
    /// </summary>
    Task<ProvenBackup> ObtainAsync(DatabaseAddress database, TimeSpan maxAge, Func<DatabaseAddress, CancellationToken, Task>? onCopy, CancellationToken cancellationToken);

    /// <summary>Puts the backup in the place of the database, by swap. No session of the caller may be open.</summary>
    Task<string> RestoreAsync(string backup, DatabaseAddress database, CancellationToken cancellationToken);
}

/// <summary>A backup that was proved by a restore.</summary>
/// <param name="Backup">Its location.</param>
/// <param name="SnapshotTime">The moment that it shows.</param>
/// <param name="SchemaFingerprint">Fingerprint of the schema in it, or null when not known.</param>
/// <param name="RowsCompared">Rows that were compared.</param>
public sealed record ProvenBackup(string Backup, DateTimeOffset SnapshotTime, string? SchemaFingerprint, long RowsCompared);
