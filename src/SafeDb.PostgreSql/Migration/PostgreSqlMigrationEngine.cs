using System.Globalization;
using System.Text.Json;

using SafeDb.Addresses;
using SafeDb.Migration;
using SafeDb.Migration.Authoring.Differences;
using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.PostgreSql.Addresses;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Migration;

/// <summary>What migrations need of PostgreSQL.</summary>
public sealed class PostgreSqlMigrationEngine : IMigrationEngine, IMigrationMeasurement
{
    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    /// <inheritdoc/>
    public HistoryEngine History { get; } = new PostgreSqlHistoryEngine();

    /// <inheritdoc/>
    public IScriptExecution Execution { get; } = new PostgreSqlScriptExecution();

    /// <inheritdoc/>
    public IMigrationMeasurement Measurement => this;

    /// <inheritdoc/>
    public IEmptyDatabases EmptyDatabases { get; } = new PostgreSqlEmptyDatabases();

    /// <inheritdoc/>
    public IDifferenceSql Differences { get; } = new PostgreSqlDifferenceSql();

    /// <inheritdoc/>
    public string ToUrl(DatabaseAddress address) => PostgreSqlAddressParser.ToUrl(address);

    /// <inheritdoc/>
    public IRowComparison Rows { get; } = new PostgreSqlRowComparison();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LockBlocker>> BlockersAsync(IDatabaseSession observer, string sessionId, CancellationToken cancellationToken)
    {
        const string Sql = """
            select pid::text, coalesce(application_name, ''), coalesce(usename::text, ''), coalesce(state, ''),
              coalesce(extract(epoch from clock_timestamp() - xact_start), 0)::float8, coalesce(query, ''), query_start
            from pg_catalog.pg_stat_activity where pid = any(pg_catalog.pg_blocking_pids(@p0)) order by xact_start nulls last
            """;
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(observer, Sql, cancellationToken, int.Parse(sessionId, CultureInfo.InvariantCulture)).ConfigureAwait(false);
        return [.. rows.Select(row => new LockBlocker(
            (string)row[0]!, (string)row[1]! is { Length: > 0 } application ? application : "no name", (string)row[2]!, (string)row[3]!, TimeSpan.FromSeconds((double)row[4]!), SqlPreview.Of((string)row[5]!, 120))
        {
            QueryStart = row[6] is DateTime start ? new DateTimeOffset(start.ToUniversalTime()) : null,
        })];
    }

    /// <inheritdoc/>
    public async Task<string> SessionIdAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        (string)(await HistoryEngine.ScalarAsync(session, "select pg_catalog.pg_backend_pid()::text", cancellationToken).ConfigureAwait(false))!;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<HeldLock>> LocksAsync(IDatabaseSession observer, string sessionId, CancellationToken cancellationToken)
    {
        const string Sql = """
            select n.nspname || '.' || c.relname, replace(l.mode, 'Lock', '')
            from pg_catalog.pg_locks l join pg_catalog.pg_class c on c.oid = l.relation join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where l.pid = @p0 and l.granted and l.locktype = 'relation' and c.oid >= 16384 and n.nspname not like 'pg\_%'
              and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
            order by 1, 2
            """;
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(observer, Sql, cancellationToken, int.Parse(sessionId, CultureInfo.InvariantCulture)).ConfigureAwait(false);
        return [.. rows.Select(row => new HeldLock((string)row[0]!, (string)row[1]!))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> StorageAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        const string Sql = """
            select n.nspname || '.' || c.relname, c.relfilenode::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'i', 'm') and c.relfilenode <> 0 and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
            """;
        return (await HistoryEngine.QueryAsync(session, Sql, cancellationToken).ConfigureAwait(false)).ToDictionary(row => (string)row[0]!, row => (string)row[1]!, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public async Task<long?> LogPositionAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        (long?)await HistoryEngine.ScalarAsync(session, "select (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint", cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<ReplicationState?> ReplicationAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        // Without pg_read_all_stats only the rows are seen. A backup in progress and a receiver of the log have a row too, and replay nothing. The lag of one that has caught up is that of the past.
        const string Sql = """
            select (pg_catalog.pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint, count(replay_lsn)::int, (count(*) filter (where state is null))::int, min(replay_lsn - '0/0'::pg_lsn)::bigint,
              extract(epoch from max(replay_lag) filter (where replay_lsn < pg_catalog.pg_current_wal_flush_lsn()))::float8
            from pg_catalog.pg_stat_replication
            """;
        object?[] row = (await HistoryEngine.QueryAsync(session, Sql, cancellationToken).ConfigureAwait(false))[0];
        return new ReplicationState((long)row[0]!, (int)row[1]!, (int)row[2]!, (long?)row[3], row[4] is double seconds ? TimeSpan.FromSeconds(seconds) : null);
    }

    /// <summary>A standby answers to every piece of the log: the record of an empty transaction is the smallest.</summary>
    public Task AskReplicasAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        HistoryEngine.ScalarAsync(session, "select pg_catalog.txid_current()", cancellationToken);

    /// <inheritdoc/>
    public async Task<ServerLoad?> LoadAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        // Without pg_read_all_stats the state of other roles' sessions is hidden, and a hidden session has no backend_type either.
        const string Sql = """
            select count(*) filter (where state in ('active', 'fastpath function call') or (state is null and usename is not null)), count(*) filter (where state = 'active' and wait_event_type = 'Lock')
            from pg_catalog.pg_stat_activity where pid <> pg_catalog.pg_backend_pid() and coalesce(backend_type, 'client backend') = 'client backend'
            """;
        object?[] row = (await HistoryEngine.QueryAsync(session, Sql, cancellationToken).ConfigureAwait(false))[0];
        return new ServerLoad((long)row[0]!, (long)row[1]!);
    }

    /// <inheritdoc/>
    public (string Begin, string End) ReadOnly => ("BEGIN READ ONLY", "ROLLBACK");

    /// <inheritdoc/>
    public async Task<QueryPlan> ExplainAsync(IDatabaseSession session, string query, CancellationToken cancellationToken)
    {
        string json = (string)(await HistoryEngine.ScalarAsync(session, $"EXPLAIN (FORMAT JSON) {query}", cancellationToken).ConfigureAwait(false))!;
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement[0].GetProperty("Plan");
        return new QueryPlan(Shape(root), root.GetProperty("Total Cost").GetDouble());
    }

    private static string Shape(JsonElement node)
    {
        string text = node.GetProperty("Node Type").GetString()!;
        if (node.TryGetProperty("Index Name", out JsonElement index))
        {
            text += $" using {index.GetString()}";
        }

        if (node.TryGetProperty("Relation Name", out JsonElement relation))
        {
            text += $" on {relation.GetString()}";
        }

        return node.TryGetProperty("Plans", out JsonElement children) ? $"{text} ({string.Join(", ", children.EnumerateArray().Select(Shape))})" : text;
    }
}
