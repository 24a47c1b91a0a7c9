using Npgsql;

using SafeDb.Errors;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Backup;

/// <summary>A connection that sees the leader's snapshot.</summary>
internal sealed class SnapshotWorker : IAsyncDisposable
{
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);

    private SnapshotWorker(NpgsqlConnection connection) => Connection = connection;

    /// <summary>The connection, in a transaction with the snapshot.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Opens a connection, imports the snapshot and proves that it is the same one.</summary>
    public static async Task<SnapshotWorker> OpenAsync(ServerConnections connections, SnapshotLeader leader, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Rows, cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancellationToken).ConfigureAwait(false);
            await ImportAsync(connection, leader, cancellationToken).ConfigureAwait(false);
            await connection.ExecuteAsync(leader.Settings, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string?[]> rows = await connection.RowsAsync(
                $"SELECT {SnapshotLeader.CurrentSnapshot(connection)}::text, pg_catalog.pg_backend_pid()", cancellationToken).ConfigureAwait(false);
            return rows[0][0] != leader.SnapshotText ? throw PostgreSqlBackupErrors.PoolerDetected.Exception("a second connection did not get the snapshot of the first.")
                : rows[0][1] == leader.BackendId ? throw PostgreSqlBackupErrors.PoolerDetected.Exception("two connections share one backend.")
                : new SnapshotWorker(connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Locks a table without waiting. False when somebody waits for an exclusive lock on it: waiting behind him, while the leader's lock keeps him waiting, would never end.
    /// </summary>
    public async Task<bool> TryLockAsync(string table, CancellationToken cancellationToken)
    {
        if (_locked.Contains(table))
        {
            return true;
        }

        await Connection.ExecuteAsync("SAVEPOINT safedb_lock", cancellationToken).ConfigureAwait(false);
        try
        {
            await Connection.ExecuteAsync($"LOCK TABLE ONLY {table} IN ACCESS SHARE MODE NOWAIT", cancellationToken).ConfigureAwait(false);
            await Connection.ExecuteAsync("RELEASE SAVEPOINT safedb_lock", cancellationToken).ConfigureAwait(false);
            return _locked.Add(table);
        }
        catch (SafeDbException held) when (held.Error.EngineCode == PostgresErrorCodes.LockNotAvailable)
        {
            await Connection.ExecuteAsync("ROLLBACK TO SAVEPOINT safedb_lock", cancellationToken).ConfigureAwait(false);
            return false;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private static async Task ImportAsync(NpgsqlConnection connection, SnapshotLeader leader, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync($"SET TRANSACTION SNAPSHOT {Identifiers.Literal(leader.SnapshotId)}", cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException unknown) when (unknown.Error.EngineCode is PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.UndefinedObject
            or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.ActiveSqlTransaction)
        {
            throw PostgreSqlBackupErrors.PoolerDetected.Caused(unknown, "the snapshot of one connection is unknown to another (" + unknown.Message + ").");
        }
        catch (SafeDbException gone) when (gone.Error.EngineCode == PostgresErrorCodes.ObjectNotInPrerequisiteState)
        {
            throw PostgreSqlBackupErrors.SnapshotLost.Caused(gone, gone.Message);
        }
    }
}
