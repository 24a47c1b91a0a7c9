using SafeDb.Addresses;
using SafeDb.Archive;

namespace SafeDb.Providers;

/// <summary>
/// One engine. The entry to everything that depends on the engine; registered once in <see cref="EngineRegistry"/>.
/// A new engine implements this interface and what it hands out, and then passes the specification suites in <c>tests/SafeDb.Providers.Tests/Spec</c>.
/// Members may be called from any thread. Driver exceptions never leave it: they become <see cref="Errors.SafeDbException"/>.
/// </summary>
public interface IDatabaseProvider
{
    /// <summary>The engine.</summary>
    DatabaseEngine Engine { get; }

    /// <summary>Reads an address (URI or ADO.NET connection string). Null when the text is not of this engine; throws when it is but cannot be used.</summary>
    DatabaseAddress? TryParse(string text);

    /// <summary>Whether the database exists. False only when the server (or folder) answers that it does not; anything that keeps from knowing throws.</summary>
    Task<bool> ExistsAsync(DatabaseAddress address, CancellationToken cancellationToken);

    /// <summary>Opens a session. The database must exist.</summary>
    Task<IDatabaseSession> OpenSessionAsync(DatabaseAddress address, CancellationToken cancellationToken);

    /// <summary>Opens the database for a backup. Nothing is read before <see cref="IBackupSource.DescribeAsync"/>.</summary>
    Task<IBackupSource> OpenBackupSourceAsync(DatabaseAddress address, BackupRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Makes ready to restore. Checks what can be checked before anything is changed (target exists or not, rights, roles, extensions, room) and throws otherwise;
    /// changes nothing itself.
    /// </summary>
    Task<IRestoreTarget> OpenRestoreTargetAsync(RestoreRequest request, ArchiveManifest manifest, CancellationToken cancellationToken);
}
