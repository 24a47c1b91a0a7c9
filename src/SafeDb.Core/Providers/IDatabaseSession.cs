using System.Data.Common;

using SafeDb.Schema;

namespace SafeDb.Providers;

/// <summary>One connection with what the engine adds to ADO.NET. Not thread-safe. Disposing rolls back what is open and closes.</summary>
public interface IDatabaseSession : IAsyncDisposable
{
    /// <summary>The open connection, for queries through ADO.NET.</summary>
    DbConnection Connection { get; }

    /// <summary>The server and what it can do.</summary>
    EngineInfo Engine { get; }

    /// <summary>
    /// Runs one statement exactly as written (no parameters, no rewriting). Inside the transaction that the session has open, if any.
    /// A failure throws with the engine's code and, when known, the place in the statement.
    /// </summary>
    Task<StatementOutcome> ExecuteAsync(string sql, CancellationToken cancellationToken);

    /// <summary>The transaction's state as the server sees it now.</summary>
    Task<TransactionState> GetTransactionStateAsync(CancellationToken cancellationToken);

    /// <summary>Tries once to take a lock that no other session of any process can hold at the same time; null when it is held. Never waits, never inside a transaction.</summary>
    Task<IAsyncDisposable?> TryLockAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// What was thrown while <see cref="Connection"/> was used, as the provider's own error (a connection that was cut, a full disk); itself when it is none of the driver's, and the
    /// cancellation when the caller cancelled.
    /// </summary>
    Exception Translate(Exception failure, CancellationToken cancellationToken);

    /// <summary>Reads the schema, consistently.</summary>
    Task<DatabaseSchema> ReadSchemaAsync(CancellationToken cancellationToken);
}

/// <summary>A server and its abilities.</summary>
/// <param name="Version">Version as a comparable integer.</param>
/// <param name="VersionText">Version as the server calls itself.</param>
/// <param name="TransactionalDdl">Whether DDL rolls back.</param>
public sealed record EngineInfo(int Version, string VersionText, bool TransactionalDdl);

/// <summary>What a statement did.</summary>
/// <param name="RowsAffected">Rows changed, or -1 when the statement changes none by nature.</param>
/// <param name="Elapsed">Time it took, as the client saw it.</param>
public sealed record StatementOutcome(long RowsAffected, TimeSpan Elapsed);

/// <summary>State of a session's transaction.</summary>
public enum TransactionState
{
    /// <summary>None is open.</summary>
    None,

    /// <summary>One is open and usable.</summary>
    Open,

    /// <summary>One is open and can only be rolled back.</summary>
    Failed,
}
