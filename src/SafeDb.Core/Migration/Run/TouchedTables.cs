using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// Collects what a rehearsal's statements left to be seen of the rows that they may have changed: locks that allow it, and the engine's own count of written rows.
/// Not known as soon as one statement ran outside a transaction, because nothing was held at its end.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="kept">The rows of before: those of a table that is about to change unexpectedly are kept before its transaction is run again.</param>
internal sealed class TouchedTables(MigrationContext context, IKeptRows kept) : IStatementWatch
{
    private readonly HashSet<string> _locked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private bool _unseen;
    private bool _uncounted;

    /// <summary>What was seen so far.</summary>
    public RowTraces Traces => _unseen ? RowTraces.Unknown : new RowTraces(_locked, _uncounted ? null : _written);

    /// <summary>Says which scripts will run, and keeps the rows that they name; all rows where a transaction cannot be run again or the engine does not tell what was written.</summary>
    public async Task WillRunAsync(IDatabaseSession session, IReadOnlyList<ExecutableScript> scripts, CancellationToken cancellationToken)
    {
        _unseen |= scripts.Any(script => script.Segments.Any(segment => segment.Kind == SegmentKind.Alone));
        bool repeatable = scripts.All(script => script.Segments.All(segment => segment.Kind == SegmentKind.Transaction))
            && await context.Engine.Measurement.Rows.WrittenAsync(session, cancellationToken).ConfigureAwait(false) is not null;
        await kept.KeepAsync(repeatable ? WrittenNames.In(scripts, kept.Tables) : null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that something runs whose locks nobody sees.</summary>
    public Task WillRunUnseenAsync(CancellationToken cancellationToken)
    {
        _unseen = true;
        return kept.KeepAsync(null, cancellationToken);
    }

    /// <inheritdoc/>
    public Task BeforeAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<StatementResult> AfterAsync(IDatabaseSession session, StatementResult result, CancellationToken cancellationToken)
    {
        string id = await context.Engine.Measurement.SessionIdAsync(session, cancellationToken).ConfigureAwait(false);
        await AddAsync(session, await context.Engine.Measurement.LocksAsync(session, id, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <inheritdoc/>
    public async Task<RunAgain?> BeforeCommitAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        await kept.MissingAsync(Traces, cancellationToken).ConfigureAwait(false) is { Count: > 0 } missing
            ? new RunAgain($"It writes rows of {string.Join(", ", missing.Order(StringComparer.Ordinal))}, which are kept first.", token => kept.KeepAsync(missing, token))
            : null;

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
