using System.Diagnostics;

using SafeDb.Errors;
using SafeDb.Evidence;
using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>Runs one attempt at one segment.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="scope">What the run shares.</param>
internal sealed class SegmentRunner(MigrationContext context, RunScope scope)
{
    private readonly IScriptExecution _execution = context.Engine.Execution;
    private readonly OwnTransaction _own = new(context.Engine.Execution, scope.Limits);
    private readonly DropOfNothing _drop = new(context.Engine.Execution);
    private IReadOnlyList<LockBlocker> _blockers = [];

    /// <summary>Who was seen in the way of the last attempt.</summary>
    public IReadOnlyList<LockBlocker> Blockers => _blockers;

    /// <summary>The statement that ran last.</summary>
    public ScriptStatement? Current { get; private set; }

    /// <summary>Runs it; answers what must be done before it runs again, or null when it took effect.</summary>
    public async Task<RunAgain?> RunAsync(
        IDatabaseSession session, ScriptJob job, ScriptSegment segment, bool journalled, int attempt, Func<IReadOnlyList<StatementResult>, Task> closing, CancellationToken cancellationToken)
    {
        _blockers = [];
        Current = null;
        try
        {
            if (segment.Kind == SegmentKind.Transaction)
            {
                return await TransactionAsync(session, job, segment, attempt, closing, cancellationToken).ConfigureAwait(false);
            }

            await (segment.Kind == SegmentKind.Alone
                ? AloneAsync(session, job, segment, journalled, attempt, closing, cancellationToken)
                : new BatchRunner(context, scope).RunAsync(session, job, segment, journalled, this, closing, cancellationToken)).ConfigureAwait(false);
            return null;
        }
        catch
        {
            await _execution.RollbackAsync(session).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs a statement, watched and reported; a failure names file and line.</summary>
    public async Task<StatementResult> StatementAsync(IDatabaseSession session, ScriptJob job, ScriptStatement statement, string sql, TransactionState expected, int attempt, CancellationToken cancellationToken)
    {
        Current = statement;
        TimeSpan offset = Stopwatch.GetElapsedTime(scope.Begin);
        if (scope.Watch is not null)
        {
            await scope.Watch.BeforeAsync(session, cancellationToken).ConfigureAwait(false);
        }

        StatementOutcome outcome = await ExecuteAsync(session, job, statement, sql, expected == TransactionState.Open, cancellationToken).ConfigureAwait(false);
        await ExpectAsync(session, job, statement, expected, cancellationToken).ConfigureAwait(false);
        var result = new StatementResult(statement.Index, statement.Line, SqlPreview.Of(statement.Sql), outcome.RowsAffected, outcome.Elapsed) { Attempts = attempt, Offset = offset };
        result = scope.Watch is null ? result : await scope.Watch.AfterAsync(session, result, cancellationToken).ConfigureAwait(false);
        scope.Events.Write(new RunEvent(context.Clock.GetUtcNow(), scope.RunId, "statement", result.Preview)
        {
            Migration = job.Migration.Id, Line = statement.Line, Rows = outcome.RowsAffected < 0 ? null : outcome.RowsAffected, Milliseconds = Math.Round(outcome.Elapsed.TotalMilliseconds, 3),
        });
        return result;
    }

    private async Task<RunAgain?> TransactionAsync(
        IDatabaseSession session, ScriptJob job, ScriptSegment segment, int attempt, Func<IReadOnlyList<StatementResult>, Task> closing, CancellationToken cancellationToken)
    {
        var results = new List<StatementResult>();
        await _execution.BeginAsync(session, segment.Kind, scope.Limits, job.Script.ForeignKeysOff, cancellationToken).ConfigureAwait(false);
        foreach (ScriptStatement statement in segment.Statements)
        {
            results.Add(await StatementAsync(session, job, statement, statement.Sql, TransactionState.Open, attempt, cancellationToken).ConfigureAwait(false));
        }

        await _execution.SetAsideSettingsAsync(session, cancellationToken).ConfigureAwait(false);
        if (scope.Watch is not null && await scope.Watch.BeforeCommitAsync(session, cancellationToken).ConfigureAwait(false) is { } again)
        {
            await _execution.RollbackAsync(session).ConfigureAwait(false);
            return again;
        }

        await closing(results).ConfigureAwait(false);
        await _execution.CommitAsync(session, segment.Kind, job.Script.ForeignKeysOff, cancellationToken).ConfigureAwait(false);
        await ExpectAsync(session, job, segment.Statements[^1], TransactionState.None, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task AloneAsync(
        IDatabaseSession session, ScriptJob job, ScriptSegment segment, bool journalled, int attempt, Func<IReadOnlyList<StatementResult>, Task> closing, CancellationToken cancellationToken)
    {
        ScriptStatement statement = segment.Statements[0];
        if (journalled)
        {
            await JournalAsync(session, JournalEvent.SegmentStarted, job, segment.Index, cancellationToken).ConfigureAwait(false);
        }

        StatementResult result;
        try
        {
            await _execution.BeginAsync(session, segment.Kind, scope.Limits, foreignKeysOff: false, cancellationToken).ConfigureAwait(false);
            result = await StatementAsync(session, job, statement, statement.Sql, TransactionState.None, attempt, cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException)
        {
            await CleanUpAsync(session, job, segment, journalled).ConfigureAwait(false);
            throw;
        }

        await _execution.CommitAsync(session, segment.Kind, foreignKeysOff: false, cancellationToken).ConfigureAwait(false);
        await _own.RunAsync(session, () => closing([result]), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what a failed statement left outside a transaction (an invalid index), and says in the journal that nothing of it is left.</summary>
    private async Task CleanUpAsync(IDatabaseSession session, ScriptJob job, ScriptSegment segment, bool journalled)
    {
        await _execution.RollbackAsync(session).ConfigureAwait(false);
        UncertainStatement left = await _execution.InspectAsync(session, segment.Statements[0].Sql, CancellationToken.None).ConfigureAwait(false);
        foreach (string statement in left.CleanUp)
        {
            await session.ExecuteAsync(statement, CancellationToken.None).ConfigureAwait(false);
        }

        // It failed by its own word: what is not left behind is not there.
        if (journalled && left.State != UncertainState.Done)
        {
            await JournalAsync(session, JournalEvent.SegmentFailed, job, segment.Index, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<StatementOutcome> ExecuteAsync(IDatabaseSession session, ScriptJob job, ScriptStatement statement, string sql, bool inTransaction, CancellationToken cancellationToken)
    {
        Task<StatementOutcome> RunAsync() => job.OfHalfApplied && DropOfNothing.Fits(sql) ? _drop.RunAsync(session, sql, inTransaction, cancellationToken) : session.ExecuteAsync(sql, cancellationToken);
        var watch = new LockWatch(context, scope);
        await using (watch.ConfigureAwait(false))
        {
            try
            {
                return await watch.RunAsync(session, RunAsync, cancellationToken).ConfigureAwait(false);
            }
            catch (SafeDbException failure) when (LockErrors.IsLockNotGranted(failure.Error))
            {
                _blockers = watch.Blockers;
                throw;
            }
            catch (SafeDbException failure) when (failure.Error.Kind != ErrorKind.Connection)
            {
                int line = statement.Line + (failure.Error.Location?.Line - 1 ?? 0);
                throw new SafeDbException(MigrationErrors.StatementFailed.Error(job.File, line, failure.Message) with { EngineCode = failure.Error.EngineCode, Target = failure.Error.Target }, failure);
            }
        }
    }

    private static async Task ExpectAsync(IDatabaseSession session, ScriptJob job, ScriptStatement statement, TransactionState expected, CancellationToken cancellationToken)
    {
        TransactionState state = await session.GetTransactionStateAsync(cancellationToken).ConfigureAwait(false);
        if (state != expected)
        {
            throw MigrationErrors.TransactionState.Exception(job.File, statement.Line, state, expected);
        }
    }

    private Task JournalAsync(IDatabaseSession session, JournalEvent what, ScriptJob job, int position, CancellationToken cancellationToken) => _own.RunAsync(
        session, () => JournalTable.AppendAsync(session, new JournalEntry(scope.RunId, context.Clock.GetUtcNow(), what, job.Migration.Id, position, null), cancellationToken), cancellationToken);
}
