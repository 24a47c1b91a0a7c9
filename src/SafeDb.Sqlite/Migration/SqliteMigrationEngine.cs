using SafeDb.Addresses;
using SafeDb.Migration;
using SafeDb.Migration.Authoring.Differences;
using SafeDb.Migration.History;
using SafeDb.Migration.Rows;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Sqlite.Migration;

/// <summary>What migrations need of SQLite.</summary>
public sealed class SqliteMigrationEngine : IMigrationEngine, IMigrationMeasurement
{
    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.Sqlite;

    /// <inheritdoc/>
    public HistoryEngine History { get; } = new SqliteHistoryEngine();

    /// <inheritdoc/>
    public IScriptExecution Execution { get; } = new SqliteScriptExecution();

    /// <inheritdoc/>
    public IMigrationMeasurement Measurement => this;

    /// <inheritdoc/>
    public IEmptyDatabases EmptyDatabases { get; } = new SqliteEmptyDatabases();

    /// <inheritdoc/>
    public Task<ServerLoad?> LoadAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.FromResult<ServerLoad?>(null);

    /// <inheritdoc/>
    public IDifferenceSql Differences { get; } = new SqliteDifferenceSql();

    /// <inheritdoc/>
    public string ToUrl(DatabaseAddress address) => "sqlite:" + SqlitePath.Of(address);

    /// <inheritdoc/>
    public IRowComparison Rows { get; } = new SqliteRowComparison();

    /// <inheritdoc/>
    public Task<IReadOnlyList<LockBlocker>> BlockersAsync(IDatabaseSession observer, string sessionId, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<LockBlocker>>([]);

    /// <summary>Empty: SQLite does not say who holds its locks.</summary>
    public Task<string> SessionIdAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.FromResult("");

    /// <summary>What a session holds itself: in a transaction of a migration, the one lock on writing that the whole file has.</summary>
    public async Task<IReadOnlyList<HeldLock>> LocksAsync(IDatabaseSession observer, string sessionId, CancellationToken cancellationToken) =>
        await observer.GetTransactionStateAsync(cancellationToken).ConfigureAwait(false) == TransactionState.None ? [] : [new HeldLock("main", "Write")];

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, string>> StorageAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <inheritdoc/>
    public Task<long?> LogPositionAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    /// <inheritdoc/>
    public Task<ReplicationState?> ReplicationAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.FromResult<ReplicationState?>(null);

    /// <inheritdoc/>
    public Task AskReplicasAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public (string Begin, string End) ReadOnly => ("PRAGMA query_only = ON", "PRAGMA query_only = OFF");

    /// <summary>SQLite's steps; it tells no cost.</summary>
    public async Task<QueryPlan> ExplainAsync(IDatabaseSession session, string query, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(session, $"EXPLAIN QUERY PLAN {query}", cancellationToken).ConfigureAwait(false);
        return new QueryPlan(string.Join(", ", rows.Select(row => (string)row[3]!)), Cost: null);
    }
}
