using System.Diagnostics;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Script;
using SafeDb.Migration.Status;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>Takes migrations back: an interrupted run as a whole, or the last applied ones by their down scripts.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="net">The backup for an interrupted run, or null.</param>
public sealed class UndoService(MigrationContext context, ISafetyNet? net)
{
    /// <summary>What would be taken back, the last first; changes nothing.</summary>
    /// <param name="command">The database and folder.</param>
    /// <param name="steps">How many, or null.</param>
    /// <param name="to">The migration that is to remain the last one, or null; with neither, one.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<MigrationScript>> PlanAsync(MigrationCommand command, int? steps, string? to, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            PlanningResult planning = await new MigrationPlanner(context).PlanAsync(session, command, cancellationToken).ConfigureAwait(false);
            return planning.Interrupted is null ? Chosen(planning, command, steps, to) : [];
        }
    }

    /// <summary>Takes back. An interrupted run is taken back whole, whatever was asked for.</summary>
    public async Task<MigrationRun> UndoAsync(MigrationCommand command, int? steps, string? to, Func<IReadOnlyList<MigrationScript>, Task<bool>> confirm, CancellationToken cancellationToken)
    {
        var draft = RunDraft.Begin(command, context);
        using (draft.Evidence)
        {
            try
            {
                await UndoAsync(draft, command, steps, to, confirm, cancellationToken).ConfigureAwait(false);
            }
            catch (SafeDbException failure)
            {
                draft.Fail(failure.Error);
            }

            return draft.Complete();
        }
    }

    private async Task UndoAsync(RunDraft draft, MigrationCommand command, int? steps, string? to, Func<IReadOnlyList<MigrationScript>, Task<bool>> confirm, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            IAsyncDisposable held = await RunLock.TakeAsync(session, command, context.Clock, cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                PlanningResult planning = await new MigrationPlanner(context).PlanAsync(session, command, cancellationToken).ConfigureAwait(false);
                draft.Take(planning);
                if (planning.Interrupted is null)
                {
                    await ByScriptsAsync(session, draft, command, planning, Chosen(planning, command, steps, to), confirm, cancellationToken).ConfigureAwait(false);
                    return;
                }

                if (!await confirm([]).ConfigureAwait(false))
                {
                    throw MigrationErrors.NotConfirmed.Exception();
                }

                draft.ContinueAs(planning.Interrupted);
            }
        }

        // Without a session of its own: a restore may have to take the database's place.
        IReadOnlyList<MigrationScript> all = All(draft.Planning!);
        RevertOutcome back = await new RunReverter(context, net, draft.Log).RevertAsync(command, draft.Scope(command, context), all, draft.Steps.Add, cancellationToken).ConfigureAwait(false);
        if (back.Way is null)
        {
            throw MigrationErrors.NeedsPerson.Exception("The interrupted run could not be taken back.", back.Problem);
        }

        draft.Undone(back.Way, draft.Planning!.Interrupted!.Run.SchemaBefore);
    }

    private async Task ByScriptsAsync(
        IDatabaseSession session, RunDraft draft, MigrationCommand command, PlanningResult planning, IReadOnlyList<MigrationScript> back, Func<IReadOnlyList<MigrationScript>, Task<bool>> confirm,
        CancellationToken cancellationToken)
    {
        if (back.Count == 0)
        {
            draft.Outcome = MigrationOutcome.NothingToDo;
            return;
        }

        if (!await confirm(back).ConfigureAwait(false))
        {
            throw MigrationErrors.NotConfirmed.Exception();
        }

        long begin = Stopwatch.GetTimestamp();
        RunScope scope = draft.Scope(command, context) with { Journalled = back.Any(script => !context.Scripts.ReadDown(script)!.IsAtomic) };
        IMigrationHistory history = context.History(planning.Plan.Format);
        IAsyncDisposable peer = await RunLock.TakeAsync(
            () => history.TryLockAsync(session, cancellationToken), $"the lock of {planning.Plan.Format}", command, context.Clock, cancellationToken).ConfigureAwait(false);
        await using (peer.ConfigureAwait(false))
        {
            if (scope.Journalled)
            {
                await JournalTable.CreateAsync(session, cancellationToken).ConfigureAwait(false);
                var run = new JournalRun(planning.Plan.Format, [.. back.Select(script => script.Id)], "", null, Environment.MachineName, Environment.ProcessId) { Undo = true };
                await JournalTable.AppendAsync(session, new JournalEntry(scope.RunId, context.Clock.GetUtcNow(), JournalEvent.RunStarted, null, 0, run.ToJson()), cancellationToken).ConfigureAwait(false);
            }

            var applier = new MigrationApplier(context, history, scope);
            await applier.RevertAsync(session, back, All(planning), null, draft.Steps.Add, cancellationToken).ConfigureAwait(false);
            await JournalTable.DropAsync(session, CancellationToken.None).ConfigureAwait(false);
            string after = await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false);
            if (planning.Items.LastOrDefault(item => item.State == MigrationState.Applied && !back.Contains(item.Script)) is { Script: { } last })
            {
                await applier.RecordSchemaAsync(session, last, after, cancellationToken).ConfigureAwait(false);
            }

            draft.Undone(new WayBackUsed("down script", Stopwatch.GetElapsedTime(begin), $"{back.Count} migrations were taken back by their down scripts."), after);
        }
    }

    private static IReadOnlyList<MigrationScript> All(PlanningResult planning) => [.. planning.Items.Where(item => item.Script is not null).Select(item => item.Script!)];

    private static IReadOnlyList<MigrationScript> Chosen(PlanningResult planning, MigrationCommand command, int? steps, string? to)
    {
        MigrationScript[] applied = [.. planning.Items.Where(item => item.Script is not null && item.State is MigrationState.Applied or MigrationState.Edited).Select(item => item.Script!)];
        int count = steps ?? 1;
        if (to is not null)
        {
            int place = to == "0" ? -1 : Array.FindIndex(applied, script => MigrationPlanner.Matches(script, to));
            count = place >= 0 || to == "0" ? applied.Length - place - 1 : throw MigrationErrors.NoSuchMigration.Exception(to);
        }

        count = Math.Clamp(count, 0, applied.Length);
        if (count > 1 && count == applied.Length && !command.Policy.AllowReset)
        {
            throw MigrationErrors.ResetRefused.Exception();
        }

        MigrationScript[] back = applied[^count..];
        MigrationScript? without = back.LastOrDefault(script => script.DownSql is null);
        return without is null ? back : throw MigrationErrors.NoDownScript.Exception(without.Id, without.ManualRollback ?? "none is documented");
    }
}
