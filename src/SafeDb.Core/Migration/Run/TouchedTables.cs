using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// Collects what a rehearsal's statements left to be seen of the rows that they may have changed: locks that allow it, and the engine's own count of written rows.
/// Not known as soon as one statement ran outside a transaction, because nothing was held at its end.
/// </summary>
/// <param name="context">The engine's parts.</param>
internal sealed class TouchedTables(MigrationContext context) : IStatementWatch
{
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private bool _unseen;
    private bool _uncounted;

    /// <summary>What was seen so far.</summary>
    public RowTraces Traces => _unseen ? new RowTraces(null, null) : new RowTraces(_locked, _uncounted ? null : _written);

    /// <summary>Says that something runs whose locks nobody sees.</summary>
    public void WillRunUnseen() => _unseen = true;

    /// <summary>Says which scripts will run.</summary>
    public void WillRun(IEnumerable<ExecutableScript> scripts) => _unseen |= scripts.Any(script => script.Segments.Any(segment => segment.Kind == SegmentKind.Alone));

    /// <inheritdoc/>
    public Task BeforeAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<StatementResult> AfterAsync(IDatabaseSession session, StatementResult result, CancellationToken cancellationToken)
    {
        string id = await context.Engine.Measurement.SessionIdAsync(session, cancellationToken).ConfigureAwait(false);
        await AddAsync(session, await context.Engine.Measurement.LocksAsync(session, id, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Takes the locks that a statement held at its end, and asks what was written by then.</summary>
    public async Task AddAsync(IDatabaseSession session, IReadOnlyList<HeldLock> locks, CancellationToken cancellationToken)
    {
        _locked.UnionWith(locks.Where(held => held.Mode is not ("AccessShare" or "RowShare")).Select(held => held.Relation));
        if (await context.Engine.Measurement.Rows.WrittenAsync(session, cancellationToken).ConfigureAwait(false) is { } written)
        {
            _written.UnionWith(written);
        }
        else
        {
            _uncounted = true;
        }
    }
}
