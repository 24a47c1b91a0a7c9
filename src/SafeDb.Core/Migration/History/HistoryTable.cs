using SafeDb.Providers;

namespace SafeDb.Migration.History;

/// <summary>What the history tables of all tools share.</summary>
/// <param name="engine">The engine's part.</param>
internal abstract class HistoryTable(HistoryEngine engine) : IMigrationHistory
{
    /// <inheritdoc/>
    public abstract string Format { get; }

    protected abstract string Table { get; }

    /// <summary>Columns by which the table is told from another tool's of the same name.</summary>
    protected abstract IReadOnlyList<string> TellingColumns { get; }

    protected HistoryEngine Engine { get; } = engine;

    public async Task<bool> ExistsAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> columns = await Engine.ColumnsAsync(session, Table, cancellationToken).ConfigureAwait(false);
        return columns.Count > 0 && IsOwn(columns);
    }

    public async Task CreateAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        foreach (string statement in Engine.CreateStatements(Format) ?? throw HistoryErrors.EngineUnsupported.Exception(Format, Engine.Engine))
        {
            await session.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
        }
    }

    public abstract Task<IReadOnlyList<AppliedMigration>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken);

    public abstract Task RecordAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken);

    public Task<IAsyncDisposable?> TryLockAsync(IDatabaseSession session, CancellationToken cancellationToken) => Engine.TryLockAsync(session, Format, cancellationToken);

    protected virtual bool IsOwn(IReadOnlyList<string> columns) => TellingColumns.All(column => columns.Contains(column, StringComparer.Ordinal));
}
