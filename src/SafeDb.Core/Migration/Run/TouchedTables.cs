using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// Collects the tables on which a rehearsal's statements held locks that allow changing rows. Not known as soon as one statement ran outside a transaction, because nothing was held at its end.
/// </summary>
/// <param name="context">The engine's parts.</param>
internal sealed class TouchedTables(MigrationContext context) : IStatementWatch
{
    private readonly HashSet<string> _tables = new(StringComparer.Ordinal);
    private bool _unknown;

    /// <summary>The tables so far, or null when they are not known.</summary>
    public IReadOnlySet<string>? Known => _unknown ? null : _tables;

    /// <summary>Says that something runs whose locks nobody sees.</summary>
    public void WillRunUnseen() => _unknown = true;

    /// <summary>Says which scripts will run.</summary>
    public void WillRun(IEnumerable<ExecutableScript> scripts) => _unknown |= scripts.Any(script => script.Segments.Any(segment => segment.Kind == SegmentKind.Alone));

    /// <summary>Takes the locks that a statement held at its end.</summary>
    public void Add(IReadOnlyList<HeldLock> locks) => _tables.UnionWith(locks.Where(held => held.Mode is not ("AccessShare" or "RowShare")).Select(held => held.Relation));

    /// <inheritdoc/>
    public Task BeforeAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<StatementResult> AfterAsync(IDatabaseSession session, StatementResult result, CancellationToken cancellationToken)
    {
        string id = await context.Engine.Measurement.SessionIdAsync(session, cancellationToken).ConfigureAwait(false);
        Add(await context.Engine.Measurement.LocksAsync(session, id, cancellationToken).ConfigureAwait(false));
        return result;
    }
}
