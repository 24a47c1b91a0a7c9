using Npgsql;

using SafeDb.Errors;

namespace SafeDb.PostgreSql.Connections;

/// <summary>
/// Finds poolers that give a connection another backend from one transaction to the next. SafeDb needs what belongs to a session: locks that tell who makes a copy, settings under which rows are
/// loaded, a snapshot that others import.
/// </summary>
internal static class PoolerProbe
{
    // Other clients of the same pool can hide the change once, hardly three times.
    private const int Rounds = 3;

    /// <summary>Fails when two connections that are open at the same time share a backend, or one changes its own.</summary>
    public static async Task CheckAsync(ServerConnections connections, CancellationToken cancellationToken)
    {
        NpgsqlConnection first = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var firstScope = first.ConfigureAwait(false);
        string own = await BackendAsync(first, cancellationToken).ConfigureAwait(false);
        NpgsqlConnection second = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var secondScope = second.ConfigureAwait(false);
        for (int round = 0; round < Rounds; round++)
        {
            // A pool in transaction mode hands the backend that became free last to the next transaction, and keeps it there until this ends.
            await BeginAsync(second, cancellationToken).ConfigureAwait(false);
            string other = await BackendAsync(second, cancellationToken).ConfigureAwait(false);
            string now = other == own ? own : await BackendAsync(first, cancellationToken).ConfigureAwait(false);
            if (other == own || now != own)
            {
                throw PostgreSqlBackupErrors.PoolerDetected.Exception(other == own ? "two connections share one backend." : "the backend of a connection changed.");
            }

            await second.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException refused) when (refused.Error.EngineCode == PostgresErrorCodes.ProtocolViolation)
        {
            // No server calls this a violation; a pool in statement mode does.
            throw PostgreSqlBackupErrors.PoolerDetected.Caused(refused, refused.Message);
        }
    }

    private static async Task<string> BackendAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.ScalarAsync("SELECT pg_catalog.pg_backend_pid()", cancellationToken).ConfigureAwait(false))!;
}
