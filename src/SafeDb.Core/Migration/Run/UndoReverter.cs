using System.Diagnostics;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Status;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// Brings a database back from an undo that failed half way: by the transaction alone when nothing had taken effect; by applying again what was taken back, where the rehearsal proved that
/// this loses nothing; else by the backup, when the policy accepts that. Otherwise the journal stays, and the next undo goes on.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="net">The backup, or null.</param>
/// <param name="log">The run's log.</param>
internal sealed class UndoReverter(MigrationContext context, ISafetyNet? net, RunLog log)
{
    public async Task<RevertOutcome> RevertAsync(MigrationCommand command, RunScope scope, RunDraft run, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        string problem;
        try
        {
            IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                IAsyncDisposable held = await RunLock.TakeAgainAsync(session, command, context.Clock, cancellationToken).ConfigureAwait(false);
                await using (held.ConfigureAwait(false))
                {
                    (WayBackUsed? way, problem) = await UpAgainAsync(session, scope, run, begin, cancellationToken).ConfigureAwait(false);
                    if (way is not null)
                    {
                        return new RevertOutcome(way, null);
                    }
                }
            }
        }
        catch (SafeDbException failure) when (failure.Id != MigrationErrors.Locked.Id)
        {
            problem = failure.Message;
        }

        log.Say("revert", $"What was taken back was not applied again: {problem}");
        return await new RunReverter(context, net, log).ByRestoreAsync(command, run.Backup?.Backup, problem, begin, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(WayBackUsed? Way, string Problem)> UpAgainAsync(IDatabaseSession session, RunScope scope, RunDraft run, long begin, CancellationToken cancellationToken)
    {
        PlanningResult planning = run.Planning!;
        InterruptedRun? state = InterruptedRun.From(await context.Journal.ReadAsync(session, cancellationToken).ConfigureAwait(false));
        if (state is null || state.RunId != scope.RunId)
        {
            return (null, "the journal of this run is not there.");
        }

        IMigrationHistory history = context.History(planning.Plan.Format);
        IReadOnlyList<InventoryItem> items = MigrationInventory.Compare(planning.Scripts, await history.ReadAsync(session, cancellationToken).ConfigureAwait(false));
        MigrationScript[] takenBack = [.. planning.Pending.Where(script => items.Any(item => item.Id == script.Id && item.State is not (MigrationState.Applied or MigrationState.Edited)))];
        bool half = state.Partial is { SegmentsDone: > 0 } or { Uncertain: not null } or { LastBatchKey: not null };
        if (half)
        {
            return (null, $"the down script of {state.Partial!.Migration} is half done.");
        }

        if (takenBack.Length > 0 && run.Rehearsal is not { Losses.Count: 0, DownRestores: true })
        {
            return (null, "the rehearsal did not prove that applying them again brings everything back.");
        }

        await new MigrationApplier(context, history, scope with { Journalled = false }).ApplyAsync(session, takenBack, null, run.Steps.Add, cancellationToken).ConfigureAwait(false);
        if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != planning.Plan.SchemaFingerprint)
        {
            return (null, "the schema is not the one of before.");
        }

        await JournalTable.DropAsync(session, cancellationToken).ConfigureAwait(false);
        return (takenBack.Length == 0
            ? new WayBackUsed("transaction", Stopwatch.GetElapsedTime(begin), "Nothing had taken effect beyond the transaction that was rolled back.")
            : new WayBackUsed("up script", Stopwatch.GetElapsedTime(begin), $"{Counted.Of(takenBack.Length, "migration")} applied again."), "");
    }
}
