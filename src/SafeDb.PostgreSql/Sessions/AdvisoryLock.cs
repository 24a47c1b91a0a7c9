using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Npgsql;

using SafeDb.Errors;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Sessions;

/// <summary>
/// A session-level advisory lock on a connection of its own: the server gives it back when the process dies, and nothing that a migration does to its own session
/// (<c>DISCARD ALL</c>, <c>pg_advisory_unlock_all()</c>) can lose it.
/// </summary>
internal sealed class AdvisoryLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly string _key;

    private AdvisoryLock(NpgsqlConnection connection, string key) => (_connection, _key) = (connection, key);

    /// <summary>Takes the lock, or gives null when another session holds it.</summary>
    public static async Task<IAsyncDisposable?> TryTakeAsync(ServerConnections connections, string name, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        try
        {
            if (connection.PostgreSqlVersion.Major >= 14)
            {
                await connection.ExecuteAsync("SET idle_session_timeout = 0", cancellationToken).ConfigureAwait(false);
            }

            string key = KeyOf(name).ToString(CultureInfo.InvariantCulture);
            string pid = (await connection.ScalarAsync("SELECT pg_catalog.pg_backend_pid()", cancellationToken).ConfigureAwait(false))!;
            bool taken = await connection.TestAsync($"SELECT pg_catalog.pg_try_advisory_lock({key})", cancellationToken).ConfigureAwait(false);
            if (taken)
            {
                await CheckSameBackendAsync(connection, pid, cancellationToken).ConfigureAwait(false);
                return new AdvisoryLock(connection, key);
            }
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await connection.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Gives the lock back. To close the connection alone would be enough for the server, but only some time later: who asks for the lock next would find it held.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.ExecuteAsync($"SELECT pg_catalog.pg_advisory_unlock({_key})", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or SafeDbException)
        {
            // The connection is gone, and its lock with it.
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The lock's number: the same name gives the same number in every process and version.</summary>
    internal static long KeyOf(string name) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes("safedb lock " + name)));

    // Behind a pool in transaction mode the lock would stay with a backend that this connection no longer has.
    private static async Task CheckSameBackendAsync(NpgsqlConnection connection, string pid, CancellationToken cancellationToken)
    {
        if (await connection.ScalarAsync("SELECT pg_catalog.pg_backend_pid()", cancellationToken).ConfigureAwait(false) != pid)
        {
            throw PostgreSqlBackupErrors.PoolerDetected.Exception("two statements of one connection ran in different backends, so no lock would hold.");
        }
    }
}
