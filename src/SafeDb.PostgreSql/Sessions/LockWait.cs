using System.Globalization;

using Npgsql;

using SafeDb.Errors;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Sessions;

/// <summary>
/// A statement that takes locks, watched from another connection: when it gives up, the error names the table that it waited for and who was in the way. The server's own message names neither, and after
/// it nobody waits any more, so that it can no longer be asked. The look is a courtesy: when it cannot be taken (no connection left), the error is the server's.
/// </summary>
internal static class LockWait
{
    private const int LooksPerTimeout = 20;

    private static readonly string Look = $"""
        SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
               pg_catalog.concat_ws(' and ',
                 (SELECT pg_catalog.string_agg({SessionText.Of("s")} || COALESCE((
                    SELECT ', which waits for ' || pg_catalog.string_agg({SessionText.Of("h")}, ' and ' ORDER BY h.pid) FROM pg_catalog.pg_stat_activity h WHERE h.pid = ANY (pg_catalog.pg_blocking_pids(s.pid))), ''),
                    ' and ' ORDER BY s.pid) FROM pg_catalog.pg_stat_activity s WHERE s.pid = ANY (b.pids)),
                 CASE WHEN 0 = ANY (b.pids) THEN 'a prepared transaction (see pg_prepared_xacts)' END)
        FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             CROSS JOIN LATERAL (SELECT pg_catalog.pg_blocking_pids(l.pid) AS pids) b
        WHERE l.pid = $1 AND NOT l.granted AND l.locktype = 'relation' AND pg_catalog.cardinality(b.pids) > 0
        """;

    /// <summary>Runs the statement.</summary>
    /// <param name="connections">Where the other connection comes from.</param>
    /// <param name="connection">The connection that takes the locks.</param>
    /// <param name="backend">Its process on the server.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="timeout">The server's time limit for a lock, as the connection has set it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task RunAsync(ServerConnections connections, NpgsqlConnection connection, int backend, string statement, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = new Watch();
        Task watching = watch.RunAsync(connections, backend, timeout / LooksPerTimeout, done.Token);
        try
        {
            await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException late) when (late.Error.EngineCode == PostgresErrorCodes.LockNotAvailable && watch.Seen is { } seen)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{seen.Table} was not free within {timeout.TotalSeconds:0.#} s. In the way: {seen.Holders}.");
            throw new SafeDbException(PostgreSqlErrors.LockTimeout.Error(text) with { EngineCode = late.Error.EngineCode, Target = seen.Table }, late);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed class Watch
    {
        private volatile Tuple<string, string>? _seen;

        public (string Table, string Holders)? Seen => _seen is { } seen ? (seen.Item1, seen.Item2) : null;

        public async Task RunAsync(ServerConnections connections, int backend, TimeSpan pause, CancellationToken cancellationToken)
        {
            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
            await using var connectionScope = connection.ConfigureAwait(false);
            while (true)
            {
                IReadOnlyList<string?[]> rows = await connection.RowsAsync(Look, cancellationToken, backend).ConfigureAwait(false);

                // Once it gave up, it waits no more; what was seen last is what it gave up for.
                _seen = rows is [[{ } table, { } holders], ..] ? Tuple.Create(table, holders) : _seen;
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
