using System.Globalization;

using Npgsql;

using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Sessions;

namespace SafeDb.PostgreSql.Backup;

/// <summary>
/// The transaction that owns the snapshot. All tables are locked (ACCESS SHARE) before the snapshot is taken: a table that is rewritten between the two would look empty in the
/// snapshot, as PostgreSQL documents for rewrites and TRUNCATE.
/// </summary>
internal sealed class SnapshotLeader : IAsyncDisposable
{
    private const int LocksPerStatement = 500;
    private const int Attempts = 5;
    private static readonly TimeSpan DefaultLockTimeout = TimeSpan.FromSeconds(30);

    // Tables of users and of extensions; temporary ones belong to their session.
    private const string ListTables = """
        SELECT c.oid::pg_catalog.int8, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
          AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
        ORDER BY c.oid
        """;

    private readonly ServerConnections _connections;
    private readonly TimeSpan _lockTimeout;

    private SnapshotLeader(ServerConnections connections, NpgsqlConnection connection, string settings, TimeSpan lockTimeout)
    {
        _connections = connections;
        _lockTimeout = lockTimeout;
        Connection = connection;
        Settings = settings;
    }

    /// <summary>The connection; one user at a time, see <see cref="Gate"/>.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Guards <see cref="Connection"/> once workers run.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>The settings of a reading transaction.</summary>
    public string Settings { get; }

    /// <summary>Name under which workers import the snapshot.</summary>
    public string SnapshotId { get; private set; } = "";

    /// <summary>The snapshot's own text, equal in every transaction that has it.</summary>
    public string SnapshotText { get; private set; } = "";

    /// <summary>The server process that holds the snapshot.</summary>
    public string BackendId { get; private set; } = "";

    /// <summary>Moment of the snapshot, in UTC.</summary>
    public DateTimeOffset Time { get; private set; }

    /// <summary>Whether the server is a standby.</summary>
    public bool IsStandby { get; private set; }

    /// <summary>The function that shows a snapshot: 13 renamed it.</summary>
    public static string CurrentSnapshot(NpgsqlConnection connection) =>
        connection.PostgreSqlVersion.Major >= 13 ? "pg_catalog.pg_current_snapshot()" : "pg_catalog.txid_current_snapshot()";

    /// <summary>Locks all tables and takes the snapshot.</summary>
    public static async Task<SnapshotLeader> OpenAsync(ServerConnections connections, CancellationToken cancellationToken, TimeSpan? lockTimeout = null)
    {
        NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        try
        {
            string settings = await SessionSettings.ReadingAsync(connection, cancellationToken).ConfigureAwait(false);
            var leader = new SnapshotLeader(connections, connection, settings, lockTimeout ?? DefaultLockTimeout);
            for (int attempt = 1; !await leader.TryBeginAsync(attempt == Attempts, cancellationToken).ConfigureAwait(false); attempt++)
            {
                await connection.ExecuteAsync("ROLLBACK", cancellationToken).ConfigureAwait(false);
            }

            return leader;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Fails when the transaction no longer is the one that took the snapshot.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> now = await Connection.RowsAsync(
            $"SELECT {CurrentSnapshot(Connection)}::text, pg_catalog.pg_backend_pid()", cancellationToken).ConfigureAwait(false);
        if (now[0][1] != BackendId)
        {
            throw PostgreSqlBackupErrors.PoolerDetected.Exception("the backend changed under an open transaction.");
        }

        if (now[0][0] != SnapshotText)
        {
            throw PostgreSqlBackupErrors.SnapshotLost.Exception("the transaction shows another snapshot.");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        Gate.Dispose();
    }

    private async Task<bool> TryBeginAsync(bool last, CancellationToken cancellationToken)
    {
        Dictionary<string, string> before = await TablesAsync(cancellationToken).ConfigureAwait(false);
        string backend = (await Connection.ScalarAsync("SELECT pg_catalog.pg_backend_pid()", cancellationToken).ConfigureAwait(false))!;
        await Connection.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancellationToken).ConfigureAwait(false);
        await Connection.ExecuteAsync(Settings + string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {_lockTimeout.TotalMilliseconds:0}"), cancellationToken).ConfigureAwait(false);
        try
        {
            await LockAsync(before.Values, backend, cancellationToken).ConfigureAwait(false);
        }
        catch (Errors.SafeDbException dropped) when (!last && dropped.Error.EngineCode == PostgresErrorCodes.UndefinedTable)
        {
            return false;
        }

        await Connection.ExecuteAsync("SET LOCAL lock_timeout = 0", cancellationToken).ConfigureAwait(false);
        await ExportAsync(backend, cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> seen = await TablesAsync(cancellationToken).ConfigureAwait(false);
        string[] unlocked = [.. seen.Where(table => !before.ContainsKey(table.Key)).Select(table => table.Value)];
        if (unlocked.Length > 0 && last)
        {
            // Tables keep appearing: lock the newest late, as pg_dump does for all.
            await LockAsync(unlocked, backend, cancellationToken).ConfigureAwait(false);
        }

        return unlocked.Length == 0 || last;
    }

    private async Task ExportAsync(string backend, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> rows = await Connection.RowsAsync(
            $"""
            SELECT pg_catalog.pg_export_snapshot(), {CurrentSnapshot(Connection)}::text, pg_catalog.pg_backend_pid(),
                   (EXTRACT(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::pg_catalog.int8, pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('search_path')
            """,
            cancellationToken).ConfigureAwait(false);
        string?[] row = rows[0];
        (SnapshotId, SnapshotText, BackendId) = (row[0]!, row[1]!, row[2]!);
        Time = DateTimeOffset.UnixEpoch.AddTicks(long.Parse(row[3]!, CultureInfo.InvariantCulture) * 10);
        IsStandby = string.Equals(row[4], bool.TrueString, StringComparison.OrdinalIgnoreCase);
        if (BackendId != backend || row[5]!.Trim('"').Length > 0)
        {
            throw PostgreSqlBackupErrors.PoolerDetected.Exception("statements of one connection ran in different backends.");
        }
    }

    private async Task<Dictionary<string, string>> TablesAsync(CancellationToken cancellationToken) =>
        (await Connection.RowsAsync(ListTables, cancellationToken).ConfigureAwait(false)).ToDictionary(row => row[0]!, row => row[1]!, StringComparer.Ordinal);

    private async Task LockAsync(IEnumerable<string> tables, string backend, CancellationToken cancellationToken)
    {
        foreach (string[] batch in tables.Chunk(LocksPerStatement))
        {
            string statement = $"LOCK TABLE {string.Join(", ", batch.Select(table => "ONLY " + table))} IN ACCESS SHARE MODE";
            await LockWait.RunAsync(_connections, Connection, int.Parse(backend, CultureInfo.InvariantCulture), statement, _lockTimeout, cancellationToken).ConfigureAwait(false);
        }
    }
}
