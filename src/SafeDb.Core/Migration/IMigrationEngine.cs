using System.Globalization;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Migration.Authoring.Differences;
using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration;

/// <summary>What migrations need of an engine beyond its provider; one per engine.</summary>
public interface IMigrationEngine
{
    /// <summary>The engine.</summary>
    DatabaseEngine Engine { get; }

    /// <summary>History tables and the journal.</summary>
    HistoryEngine History { get; }

    /// <summary>How scripts run.</summary>
    IScriptExecution Execution { get; }

    /// <summary>What a rehearsal measures.</summary>
    IMigrationMeasurement Measurement { get; }

    /// <summary>Empty databases to try migrations in.</summary>
    IEmptyDatabases EmptyDatabases { get; }

    /// <summary>How the schema is changed.</summary>
    IDifferenceSql Differences { get; }

    /// <summary>The address as other tools take it, secrets included.</summary>
    string ToUrl(DatabaseAddress address);
}

/// <summary>How an engine runs scripts: transactions, limits, and what to do when a lock is not granted. Everything happens in the session given.</summary>
public interface IScriptExecution
{
    /// <summary>How a statement must run, by its words alone.</summary>
    StatementRole Classify(string sql);

    /// <summary>Whether a statement of the role <see cref="StatementRole.ForeignKeySwitch"/> switches them off.</summary>
    bool SwitchesForeignKeysOff(string sql);

    /// <summary>Makes the session ready for one segment, and opens the transaction unless the segment runs alone.</summary>
    Task BeginAsync(IDatabaseSession session, SegmentKind kind, ExecutionLimits limits, bool foreignKeysOff, CancellationToken cancellationToken);

    /// <summary>Checks what must hold before a commit (foreign keys that were off), and throws otherwise; then commits. Leaves the session as it was before <see cref="BeginAsync"/>.</summary>
    Task CommitAsync(IDatabaseSession session, SegmentKind kind, bool foreignKeysOff, CancellationToken cancellationToken);

    /// <summary>Rolls back what is open, and leaves the session as it was before <see cref="BeginAsync"/>. Does not throw when the connection is gone.</summary>
    Task RollbackAsync(IDatabaseSession session);

    /// <summary>Whether a statement sets something for the rest of its session, by its words alone.</summary>
    bool SetsSession(string sql);

    /// <summary>To the end of the open transaction, names and rights are those with which the session was opened, whatever a script set; then what it set holds again.</summary>
    Task SetAsideSettingsAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Gives the session back every setting with which it was opened. Outside a transaction. Does not throw when the connection is gone.</summary>
    Task ResetSettingsAsync(IDatabaseSession session);

    /// <summary>What is left of a statement that ran alone and did not end well, or whose end is not known.</summary>
    Task<UncertainStatement> InspectAsync(IDatabaseSession session, string sql, CancellationToken cancellationToken);

    /// <summary>Whether a statement was refused because something that it names is not there.</summary>
    bool IsMissingObject(SafeDbError error);
}

/// <summary>Limits of one attempt.</summary>
/// <param name="LockTimeout">How long to wait for a lock.</param>
/// <param name="StatementTimeout">How long a statement may run; zero for no limit.</param>
public sealed record ExecutionLimits(TimeSpan LockTimeout, TimeSpan StatementTimeout);

/// <summary>What is known of a statement whose end is not.</summary>
/// <param name="State">Whether it took effect.</param>
/// <param name="CleanUp">Statements that remove what it left, each run alone.</param>
public sealed record UncertainStatement(UncertainState State, IReadOnlyList<string> CleanUp)
{
    /// <summary>It can simply run again.</summary>
    public static readonly UncertainStatement Repeatable = new(UncertainState.NotDone, []);

    /// <summary>Nothing can be said.</summary>
    public static readonly UncertainStatement Unknown = new(UncertainState.Unknown, []);

    /// <summary>It took effect.</summary>
    public static readonly UncertainStatement Done = new(UncertainState.Done, []);
}

/// <summary>Whether a statement took effect.</summary>
public enum UncertainState
{
    /// <summary>It did not, or running it again does no harm.</summary>
    NotDone,

    /// <summary>It did.</summary>
    Done,

    /// <summary>Only a person can say.</summary>
    Unknown,
}

/// <summary>What a rehearsal, and the run itself, can measure. Never changes anything outside scratch copies.</summary>
public interface IMigrationMeasurement
{
    /// <summary>Who keeps a session from a lock it waits for; asked through another session. Empty when it cannot be known.</summary>
    Task<IReadOnlyList<LockBlocker>> BlockersAsync(IDatabaseSession observer, string sessionId, CancellationToken cancellationToken);

    /// <summary>The session's id for <see cref="BlockersAsync"/>.</summary>
    Task<string> SessionIdAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Locks on relations that a session holds now, by its id; asked through any session.</summary>
    Task<IReadOnlyList<HeldLock>> LocksAsync(IDatabaseSession observer, string sessionId, CancellationToken cancellationToken);

    /// <summary>The storage that each table and index occupies now (file node), by name: another value means that it was written anew. Empty when the engine has no such thing.</summary>
    Task<IReadOnlyDictionary<string, string>> StorageAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Bytes written to the log so far, or null when the engine does not count them.</summary>
    Task<long?> LogPositionAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>How far the connected replicas say they have come, or null when the engine has no replicas.</summary>
    Task<ReplicationState?> ReplicationAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Has every replica say anew how far it has come, which an idle one does rarely. Changes no data.</summary>
    Task AskReplicasAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>How busy the server is with others, or null when the engine cannot say. Sessions that the user may not look at count as active.</summary>
    Task<ServerLoad?> LoadAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>How the engine would run a query now; the query itself does not run. Throws when it does not fit the schema.</summary>
    Task<QueryPlan> ExplainAsync(IDatabaseSession session, string query, CancellationToken cancellationToken);

    /// <summary>The statements around a query that must not change anything.</summary>
    (string Begin, string End) ReadOnly { get; }

    /// <summary>How rows are compared.</summary>
    IRowComparison Rows { get; }
}

/// <summary>How busy a server is with other sessions.</summary>
/// <param name="Active">Sessions that run a statement, those that wait for a lock included.</param>
/// <param name="Waiting">Sessions that wait for a lock.</param>
public sealed record ServerLoad(long Active, long Waiting);

/// <summary>How far the connected replicas have come, by their last word.</summary>
/// <param name="Position">End of the log that the server has flushed, in bytes.</param>
/// <param name="Replicas">Connected replicas that replay.</param>
/// <param name="Hidden">Connections for replication of which the user may not see more than that they are there.</param>
/// <param name="Replayed">The position up to which the slowest has replayed; null when there is none.</param>
/// <param name="Reported">The longest delay that the server itself measured of one that is not at the end, or null.</param>
public sealed record ReplicationState(long Position, int Replicas, int Hidden, long? Replayed, TimeSpan? Reported);

/// <summary>How an engine runs a query.</summary>
/// <param name="Shape">The plan's steps in one line, without numbers.</param>
/// <param name="Cost">The planner's estimate of its cost, or null when the engine gives none.</param>
public sealed record QueryPlan(string Shape, double? Cost);

/// <summary>Compares the rows of a scratch copy before and after. Writes its own tables into the copy, never anywhere else.</summary>
public interface IRowComparison
{
    /// <summary>Notes every user table as it is now. No rows are kept yet.</summary>
    /// <param name="copy">The session on the copy in which the statements will run.</param>
    /// <param name="another">Opens another session on the copy, for engines that can keep several tables at once.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<IKeptRows> BeginAsync(IDatabaseSession copy, Func<CancellationToken, Task<IDatabaseSession>> another, CancellationToken cancellationToken);

    /// <summary>Identities of the tables in which the open transaction wrote rows so far, by the engine's own count; null when the engine does not tell.</summary>
    Task<IReadOnlySet<string>?> WrittenAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Whether an object of the schema belongs to what <see cref="IKeptRows.KeepAsync"/> made.</summary>
    bool IsOwn(Schema.SchemaObject item);
}

/// <summary>The tables of a scratch copy as they were, and the rows of those that were kept.</summary>
public interface IKeptRows
{
    /// <summary>Names of all tables.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>Keeps the rows of tables as they are now; none of them may have changed since the beginning. Outside a transaction.</summary>
    /// <param name="names">Which; null for all.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task KeepAsync(IReadOnlySet<string>? names, CancellationToken cancellationToken);

    /// <summary>Names of tables whose rows may have changed and were not kept. Asked in the transaction that may have changed them, while it can still be taken back.</summary>
    Task<IReadOnlySet<string>> MissingAsync(RowTraces traces, CancellationToken cancellationToken);

    /// <summary>Compares what was kept with what is there now; tables in which nothing differs are left out, and those that cannot have changed are not looked at.</summary>
    Task<IReadOnlyList<TableDataChange>> CompareAsync(RowTraces traces, CancellationToken cancellationToken);
}

/// <summary>What statements left to be seen of the rows that they may have changed. Null wherever it is not known.</summary>
/// <param name="Locked">Names of tables on which locks were held that allow changing rows.</param>
/// <param name="Written">Identities of tables in which the engine counted written rows.</param>
public sealed record RowTraces(IReadOnlySet<string>? Locked, IReadOnlySet<string>? Written)
{
    /// <summary>Nothing is known: everything may have changed.</summary>
    public static readonly RowTraces Unknown = new(null, null);
}

/// <summary>Who holds a lock that is waited for.</summary>
/// <param name="SessionId">Its session.</param>
/// <param name="Application">Its application's name.</param>
/// <param name="User">Its user.</param>
/// <param name="State">What it does, such as <c>idle in transaction</c>.</param>
/// <param name="Age">How long its transaction is open.</param>
/// <param name="Query">Its statement, literals taken out.</param>
public sealed record LockBlocker(string SessionId, string Application, string User, string State, TimeSpan Age, string Query)
{
    /// <summary>When its statement began, in UTC, or null when it is not known.</summary>
    public DateTimeOffset? QueryStart { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        string since = QueryStart is { } start ? string.Create(CultureInfo.InvariantCulture, $" since {start.UtcDateTime:HH:mm:ss}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"session {SessionId} ({Application}, user {User}, {State}, transaction open for {Age.TotalSeconds:0.0} s): {Query}{since}");
    }
}

/// <summary>A lock that is held.</summary>
/// <param name="Relation">On what.</param>
/// <param name="Mode">In which mode.</param>
public sealed record HeldLock(string Relation, string Mode);

/// <summary>What became of a table's rows.</summary>
/// <param name="Table">The table.</param>
/// <param name="RowsBefore">Rows before.</param>
/// <param name="RowsAfter">Rows after; 0 when the table is gone.</param>
public sealed record TableDataChange(string Table, long RowsBefore, long RowsAfter)
{
    /// <summary>Whether the table is gone.</summary>
    public bool TableGone { get; init; }

    /// <summary>Rows that are gone, by key; by number when the table has no key.</summary>
    public long RowsGone { get; init; }

    /// <summary>Columns whose values changed.</summary>
    public IReadOnlyList<ColumnDataChange> Columns { get; init; } = [];

    /// <summary>Values that cannot be got back from what is there now.</summary>
    public long ValuesLost => RowsGone + Columns.Sum(column => column.ValuesLost);

    /// <inheritdoc/>
    public override string ToString() => Run.DataLossText.Of(this);

    /// <summary>Whether anything differs.</summary>
    public bool Any => TableGone || RowsBefore != RowsAfter || RowsGone > 0 || Columns.Count > 0;
}

/// <summary>What became of a column's values, in rows that are in both.</summary>
/// <param name="Column">The column.</param>
/// <param name="ValuesChanged">Values that differ.</param>
/// <param name="ValuesLost">Values that became NULL, went with their column, do not survive the way back to the old type, or were overwritten so that several became one.</param>
public sealed record ColumnDataChange(string Column, long ValuesChanged, long ValuesLost)
{
    /// <summary>Whether the column is gone.</summary>
    public bool Gone { get; init; }

    /// <summary>The types before and after when they differ, or null.</summary>
    public string? TypeChange { get; init; }
}

/// <summary>Tells whether an error means that somebody else held a lock.</summary>
public static class LockErrors
{
    /// <summary>Whether trying again later may help because a lock was not granted.</summary>
    public static bool IsLockNotGranted(SafeDbError error) =>
        error.Kind == ErrorKind.Locked || error.EngineCode is "55P03" or "40P01" or "5" or "6" or "261" or "262" or "517";
}
