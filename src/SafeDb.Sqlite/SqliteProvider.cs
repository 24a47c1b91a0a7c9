using Microsoft.Data.Sqlite;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Providers;
using SafeDb.Sqlite.Backup;
using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Restore;

namespace SafeDb.Sqlite;

/// <summary>SQLite databases in files.</summary>
/// <param name="clock">The time, for snapshots and dated names; the system's when null.</param>
public sealed class SqliteProvider(TimeProvider? clock = null) : IDatabaseProvider
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.Sqlite;

    /// <inheritdoc/>
    public DatabaseAddress? TryParse(string text) => SqliteAddressParser.TryParse(text);

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(DatabaseAddress address, CancellationToken cancellationToken) => Task.FromResult(SqlitePath.Exists(SqlitePath.Of(address)));

    /// <inheritdoc/>
    public Task<IDatabaseSession> OpenSessionAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        SqliteFailure.TranslateAsync(SqlitePath.Of(address), cancellationToken, () => Task.Run<IDatabaseSession>(
            () => new SqliteSession(SqliteConnections.Open(address.GetConnectionString()), SqlitePath.Of(address)), cancellationToken));

    /// <inheritdoc/>
    public Task<IBackupSource> OpenBackupSourceAsync(DatabaseAddress address, BackupRequest request, CancellationToken cancellationToken) =>
        SqliteFailure.TranslateAsync(SqlitePath.Of(address), cancellationToken, () => Task.Run<IBackupSource>(
            () =>
            {
                // SQLite works in the thread that calls it.
                PoolThreads.OnePerProcessor();
                using SqliteConnection probe = SqliteConnections.OpenToLook(address.GetConnectionString());
                return new SqliteBackupSource(address, request, _clock);
            },
            cancellationToken));

    /// <inheritdoc/>
    public Task<IRestoreTarget> OpenRestoreTargetAsync(RestoreRequest request, ArchiveManifest manifest, CancellationToken cancellationToken) =>
        SqliteFailure.TranslateAsync(SqlitePath.Of(request.Address), cancellationToken, () => Task.Run<IRestoreTarget>(
            () =>
            {
                PoolThreads.OnePerProcessor();
                return new SqliteRestoreTarget(RestorePlace.Check(request, manifest), request, manifest, _clock);
            },
            cancellationToken));
}
