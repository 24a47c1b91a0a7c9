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
        try
        {
            var connections = new ServerConnections(address);
            await using var connectionsScope = connections.ConfigureAwait(false);
            NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
            await using var connectionScope = connection.ConfigureAwait(false);
            return true;
        }
        catch (SafeDbException missing) when (missing.Id == PostgreSqlErrors.DatabaseMissing.Id)
        {
            return false;
        }
        catch (SafeDbException refused) when (refused.Error.EngineCode is PostgresErrorCodes.ObjectNotInPrerequisiteState or PostgresErrorCodes.InsufficientPrivilege)
        {
            // It takes no connections, or none of this user's: the server says so only of a database that there is.
            return true;
        }
        catch (SafeDbException refused) when (refused.Error is { EngineCode: not null } or { Kind: ErrorKind.Unauthorized })
        {
            // A limit of connections or a rule of pg_hba.conf says nothing of whether there is such a database; the list of databases does.
            if (await IsListedAsync(address, cancellationToken).ConfigureAwait(false) is { } listed)
            {
                return listed;
            }

            throw;
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

    // What another database of the server says; null where no other lets this user in.
    private static async Task<bool?> IsListedAsync(DatabaseAddress address, CancellationToken cancellationToken)
    {
        try
        {
            ServerConnections server = await Maintenance.OpenAsync(address, mayUseAddress: false, cancellationToken).ConfigureAwait(false);
            await using var serverScope = server.ConfigureAwait(false);
            NpgsqlConnection connection = await server.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
            await using var connectionScope = connection.ConfigureAwait(false);
            return await connection.TestAsync("SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)", cancellationToken, address.DatabaseName).ConfigureAwait(false);
        }
        catch (SafeDbException)
        {
            // The first refusal is the one to tell: it is of the database that was asked for.
            return null;
        }
    }
}
