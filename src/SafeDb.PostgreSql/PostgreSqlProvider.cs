using Npgsql;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.PostgreSql.Addresses;
using SafeDb.PostgreSql.Backup;
using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Restore;
using SafeDb.PostgreSql.Sessions;
using SafeDb.Providers;

namespace SafeDb.PostgreSql;

/// <summary>PostgreSQL 12 and later, through the driver alone: no client tools are needed.</summary>
public sealed class PostgreSqlProvider : IDatabaseProvider
{
    private readonly PostgreSqlAddressParser _addresses;
    private readonly TimeProvider _time;

    /// <summary>Creates the provider.</summary>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="environment">Reads environment variables; null for the process's.</param>
    public PostgreSqlProvider(TimeProvider? time = null, Func<string, string?>? environment = null)
    {
        _time = time ?? TimeProvider.System;
        _addresses = new PostgreSqlAddressParser(environment ?? Environment.GetEnvironmentVariable);
    }

    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    /// <inheritdoc/>
    public DatabaseAddress? TryParse(string text) => _addresses.TryParse(text);

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(DatabaseAddress address, CancellationToken cancellationToken)
    {
        var connections = new ServerConnections(address);
        await using var connectionsScope = connections.ConfigureAwait(false);
        try
        {
            NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
            await using var connectionScope = connection.ConfigureAwait(false);
            return true;
        }
        catch (SafeDbException missing) when (missing.Id == PostgreSqlErrors.DatabaseMissing.Id)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task<IDatabaseSession> OpenSessionAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        await PostgreSqlSession.OpenAsync(address, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IBackupSource> OpenBackupSourceAsync(DatabaseAddress address, BackupRequest request, CancellationToken cancellationToken)
    {
        var source = new PostgreSqlBackupSource(address, request, _time);
        try
        {
            await source.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return source;
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<IRestoreTarget> OpenRestoreTargetAsync(RestoreRequest request, ArchiveManifest manifest, CancellationToken cancellationToken) =>
        await PostgreSqlRestoreTarget.OpenAsync(request, manifest, _time, cancellationToken).ConfigureAwait(false);
}
