using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Migration.Run;

/// <summary>
/// Takes migrations back: an interrupted run as a whole, or the last applied ones by their down scripts. The latter inside the same envelope as applying: lock, plan, gates, proved backup,
/// rehearsal of the down scripts with what they lose measured, confirmation, hooks, the change, verification, evidence; and a way back on every failure.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="net">The backup under the run, or null when none can be had.</param>
/// <param name="http">For webhooks.</param>
public sealed class UndoService(MigrationContext context, ISafetyNet? net, HttpClient http)
{
    /// <summary>What would be taken back, with every gate as far as it can be judged now; changes nothing.</summary>
    public Task<PlanningResult> PlanAsync(MigrationCommand command, UndoTarget target, CancellationToken cancellationToken) => PlanAsync(command, target, net is not null, cancellationToken);

    /// <summary>The same for a caller who knows whether there is a place for a backup, and need not open its secrets for a plan.</summary>
    public async Task<PlanningResult> PlanAsync(MigrationCommand command, UndoTarget target, bool backupPossible, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            PlanningResult planning = await new UndoPlanner(context, PlanDepth.Counted).PlanAsync(session, command, target, cancellationToken).ConfigureAwait(false);
            return planning with { Plan = planning.Plan with { Gates = [.. planning.Plan.Gates, .. RunGates.Foreseen(backupPossible, planning.Plan, command)] } };
        }
    }

    /// <summary>Takes back. An interrupted run is taken back whole, whatever was asked for.</summary>
    public Task<MigrationRun> UndoAsync(MigrationCommand command, UndoTarget target, ConfirmRun confirm, CancellationToken cancellationToken) =>
        new RunEnvelope(context, http).RunAsync(command, (run, token) => UndoAsync(run, command, target, confirm, token), cancellationToken);

    private async Task UndoAsync(RunDraft run, MigrationCommand command, UndoTarget target, ConfirmRun confirm, CancellationToken cancellationToken)
    {
        IDatabaseSession guard = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (guard.ConfigureAwait(false))
        {
            IAsyncDisposable held = await RunLock.TakeAsync(guard, command, context.Clock, cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                PlanningResult planning = await new UndoPlanner(context, PlanDepth.Counted).PlanAsync(guard, command, target, cancellationToken).ConfigureAwait(false);
                if (planning.Interrupted is { } interrupted)
                {
                    run.Take(planning);
                    if (!await confirm(planning.Plan, null, cancellationToken).ConfigureAwait(false))
                    {
                        throw MigrationErrors.NotConfirmed.Exception();
                    }

                    run.ContinueAs(interrupted);
                }
                else if (!await new RunPreparation(context, net, http).PrepareAsync(run, guard, command, planning, pinned: null, confirm, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
        }

        // Without a session of its own: a restore may have to take the database's place.
        await (run.Planning!.Interrupted is null ? ByScriptsAsync(run, command, cancellationToken) : InterruptedAsync(run, command, cancellationToken)).ConfigureAwait(false);
    }

    private async Task InterruptedAsync(RunDraft run, MigrationCommand command, CancellationToken cancellationToken)
    {
        RevertOutcome back = await new RunReverter(context, net, run.Log).RevertAsync(command, run.Scope(command), run.Planning!.Scripts, run.Steps.Add, cancellationToken).ConfigureAwait(false);
        if (back.Way is null)
        {
            throw new SafeDbException(MigrationAdvice.NeedsPerson("The interrupted run could not be taken back.", back.Problem, command));
        }

        run.SchemaLeft = back.Schema ?? (run.Evidence is null ? null : await LeftAsync(run, command, cancellationToken).ConfigureAwait(false));
        run.Undone(Truly(run, back.Way), back.SchemaAfter ?? run.Planning!.Interrupted!.Run.SchemaBefore);
    }

    /// <summary>The backup of an undo is from before it: a restore does not finish what was asked for, it takes the undo itself back.</summary>
    private static WayBackUsed Truly(RunDraft run, WayBackUsed way)
    {
        if (way.Way != RunReverter.Restore || run.Planning!.Interrupted is not { Run: { Undo: true } undo })
        {
            return way;
        }

        string still = $"The interrupted undo was not finished but taken back itself: {string.Join(", ", undo.Migrations)} {Counted.Noun(undo.Migrations.Count, "is", "are")} applied as before it.";
        run.Warnings.Add(still);
        return way with { Cost = $"{still} {way.Cost}" };
    }

    /// <summary>The schema behind a restore, which no session of this run has seen.</summary>
    private async Task<DatabaseSchema?> LeftAsync(RunDraft run, MigrationCommand command, CancellationToken cancellationToken)
    {
        try
        {
            IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SafeDbException failure)
        {
            run.Warnings.Add($"The schema could not be read for its snapshot: {failure.Message}");
            return null;
        }
    }

    private async Task ByScriptsAsync(RunDraft run, MigrationCommand command, CancellationToken cancellationToken)
    {
        RunScope scope = run.Scope(command);
        SafeDbError failure;
        try
        {
            await new UndoPhase(context).RunAsync(run, command, scope, cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (SafeDbException exception) when (run.Journalled)
        {
            failure = exception.Error;
        }
        catch (OperationCanceledException) when (run.Journalled)
        {
            failure = GeneralErrors.Cancelled.Error();
        }

        run.Log.Say("failure", failure.Message, failure.Id);
        run.Log.Phase("way back");
        Task<RevertOutcome> reverting = new UndoReverter(context, net, run.Log).RevertAsync(command, scope, run, CancellationToken.None);
        run.Reverted(failure, await RevertOutcome.OrLockedAsync(reverting).ConfigureAwait(false));
    }
}
