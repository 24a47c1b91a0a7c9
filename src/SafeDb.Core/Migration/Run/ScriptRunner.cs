using System.Diagnostics;

using SafeDb.Errors;
using SafeDb.Evidence;
using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// Runs one script, segment by segment. The history's row is written in the transaction of the last segment, and what is between segments in the journal: so that a death at any point
/// leaves a state that can be told. A segment whose lock is not granted is rolled back and tried again.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="scope">What the run shares.</param>
internal sealed class ScriptRunner(MigrationContext context, RunScope scope)
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);
    private readonly SegmentRunner _segments = new(context, scope);
    private readonly OwnTransaction _own = new(context.Engine.Execution, scope.Limits);

    /// <summary>Runs the script to its end, or throws with everything of the failing segment taken back. What it set for the session ends with it.</summary>
    public async Task<MigrationStep> RunAsync(IDatabaseSession session, ScriptJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await RunWholeAsync(session, job, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await context.Engine.Execution.ResetSettingsAsync(session).ConfigureAwait(false);
        }
    }

    private async Task<MigrationStep> RunWholeAsync(IDatabaseSession session, ScriptJob job, CancellationToken cancellationToken)
    {
        var results = new List<StatementResult>();
        long begin = Stopwatch.GetTimestamp();
        MigrationStep Step() => new(job.Migration.Id, job.Migration.Name, job.Down ? "down" : "up", Stopwatch.GetElapsedTime(begin), [.. results]);
        bool journalled = scope.Journalled && !job.Script.IsAtomic;
        if (journalled && !job.Resumed)
        {
            await BeginAsync(session, job, cancellationToken).ConfigureAwait(false);
        }

        await ScriptSettings.ReplayAsync(context.Engine.Execution, session, job.Script, job.SegmentsDone, cancellationToken).ConfigureAwait(false);
        ScriptSegment[] rest = [.. job.Script.Segments.Where(segment => segment.Index > job.SegmentsDone)];
        bool finished = false;
        foreach (ScriptSegment segment in rest)
        {
            bool last = segment == rest[^1] && segment.Kind == SegmentKind.Transaction;
            Func<IReadOnlyList<StatementResult>, Task> closing = async ran =>
            {
                results.AddRange(ran);
                if (last)
                {
                    await FinishAsync(session, job, Step(), journalled, cancellationToken).ConfigureAwait(false);
                }
                else if (journalled)
                {
                    await JournalAsync(session, job.Down ? JournalEvent.RevertSegmentDone : JournalEvent.SegmentDone, job, segment.Index, null, cancellationToken).ConfigureAwait(false);
                }
            };
            int before = results.Count;
            await WithRetriesAsync(session, job, segment, journalled, () => results.RemoveRange(before, results.Count - before), closing, cancellationToken).ConfigureAwait(false);
            finished = last;
        }

        if (!finished)
        {
            // The last segment ran outside a transaction, or there was none: the record gets one of its own.
            await _own.RunAsync(session, () => FinishAsync(session, job, Step(), journalled, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        return Step();
    }

    private async Task WithRetriesAsync(
        IDatabaseSession session, ScriptJob job, ScriptSegment segment, bool journalled, Action forget, Func<IReadOnlyList<StatementResult>, Task> closing, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                while (await _segments.RunAsync(session, job, segment, journalled, attempt, closing, cancellationToken).ConfigureAwait(false) is { } again)
                {
                    scope.Events.Write(new RunEvent(context.Clock.GetUtcNow(), scope.RunId, "again", again.Why) { Migration = job.Migration.Id, Line = segment.Statements[0].Line });
                    await again.Prepare(cancellationToken).ConfigureAwait(false);
                }

                return;
            }
            catch (SafeDbException failure) when (LockErrors.IsLockNotGranted(failure.Error))
            {
                forget();
                string blockers = _segments.Blockers.Count == 0 ? "Nobody was seen in the way." : "In the way: " + string.Join("; ", _segments.Blockers);
                int line = _segments.Current?.Line ?? segment.Statements[0].Line;
                scope.Events.Write(new RunEvent(context.Clock.GetUtcNow(), scope.RunId, "lock", $"The lock was not granted (attempt {attempt}). {blockers}") { Migration = job.Migration.Id, Line = line });
                if (attempt > scope.Retries)
                {
                    throw new SafeDbException(MigrationErrors.LockNotGranted.Error(job.File, line, Counted.Of(attempt, "attempt"), blockers) with { EngineCode = failure.Error.EngineCode }, failure);
                }

                await Task.Delay(Backoff(attempt), context.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Doubles, up to a limit, with jitter: several runners must not meet again at the same moment.</summary>
    private TimeSpan Backoff(int attempt)
    {
        double wait = Math.Min(scope.FirstBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 16)), LongestBackoff.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(wait * (0.8 + (0.4 * Random.Shared.NextDouble())));
    }

    private async Task BeginAsync(IDatabaseSession session, ScriptJob job, CancellationToken cancellationToken) => await _own.RunAsync(
        session,
        async () =>
        {
            await JournalAsync(session, job.Down ? JournalEvent.RevertStarted : JournalEvent.MigrationStarted, job, 0, null, cancellationToken).ConfigureAwait(false);
            if (job.Start is not null)
            {
                await job.Start(cancellationToken).ConfigureAwait(false);
            }
        },
        cancellationToken).ConfigureAwait(false);

    private async Task FinishAsync(IDatabaseSession session, ScriptJob job, MigrationStep step, bool journalled, CancellationToken cancellationToken)
    {
        await job.Finish(step, cancellationToken).ConfigureAwait(false);
        if (journalled)
        {
            await JournalAsync(session, job.Down ? JournalEvent.Reverted : JournalEvent.MigrationApplied, job, 0, null, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task JournalAsync(IDatabaseSession session, JournalEvent what, ScriptJob job, int position, string? detail, CancellationToken cancellationToken) =>
        JournalTable.AppendAsync(session, new JournalEntry(scope.RunId, context.Clock.GetUtcNow(), what, job.Migration.Id, position, detail), cancellationToken);
}
