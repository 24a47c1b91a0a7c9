using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Status;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>Asks the caller whether the run may change the database, with what was planned and measured.</summary>
public delegate Task<bool> ConfirmRun(MigrationPlan plan, RehearsalReport? rehearsal, CancellationToken cancellationToken);

/// <summary>
/// Applies migrations inside the whole envelope: lock, plan, gates, proved backup, rehearsal on the restored copy, confirmation, hooks, apply, verify, evidence; and a way back on every failure.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="net">The backup under the run, or null when none can be had.</param>
/// <param name="http">For webhooks and health checks.</param>
public sealed class MigrationService(MigrationContext context, ISafetyNet? net, HttpClient http)
{
    private readonly RunEnvelope _envelope = new(context, http);

    /// <summary>Makes the plan, with every gate as far as it can be judged now, and changes nothing.</summary>
    public Task<PlanningResult> PlanAsync(MigrationCommand command, CancellationToken cancellationToken) => PlanAsync(command, net is not null, cancellationToken);

    /// <summary>The same for a caller who knows whether there is a place for a backup, and need not open its secrets for a plan.</summary>
    public async Task<PlanningResult> PlanAsync(MigrationCommand command, bool backupPossible, CancellationToken cancellationToken)
    {
        PlanningResult planning = await ReadAsync(command, cancellationToken).ConfigureAwait(false);
        return planning with { Plan = planning.Plan with { Gates = [.. planning.Plan.Gates, .. RunGates.Foreseen(backupPossible, planning.Plan, command)] } };
    }

    /// <summary>Runs. Every failure is in the result; only a wrong call (a folder that is not there, an address that cannot be reached) throws.</summary>
    /// <param name="command">What to do.</param>
    /// <param name="pinned">The plan that must still fit, or null.</param>
    /// <param name="confirm">Asked before anything changes.</param>
    /// <param name="cancellationToken">Stops the run; what had begun is taken back.</param>
    public Task<MigrationRun> RunAsync(MigrationCommand command, MigrationPlan? pinned, ConfirmRun confirm, CancellationToken cancellationToken)
    {
        command.RefuseBesideRunner(("-FromPlan", pinned is not null));
        MigrationCommand own = pinned is null ? command
            : command with { AllowHazards = [.. command.AllowHazards.Union(pinned.AllowHazards, StringComparer.OrdinalIgnoreCase)], Target = command.Target ?? (pinned.Migrations is [.., var last] ? last.Id : null) };
        return _envelope.RunAsync(own, (run, token) => ApplyAllAsync(run, own, pinned, confirm, token), cancellationToken);
    }

    /// <summary>Finishes an interrupted run.</summary>
    public Task<MigrationRun> ResumeAsync(MigrationCommand command, ConfirmRun confirm, CancellationToken cancellationToken) =>
        _envelope.RunAsync(command, (run, token) => ResumeAsync(run, command, confirm, token), cancellationToken);

    /// <summary>What finishing the interrupted run would do, and nothing is done. Fails as <see cref="ResumeAsync(MigrationCommand, ConfirmRun, CancellationToken)"/> would.</summary>
    public async Task<MigrationPlan> PlanResumeAsync(MigrationCommand command, CancellationToken cancellationToken)
    {
        PlanningResult planning = await ReadAsync(command, cancellationToken).ConfigureAwait(false);
        InterruptedRun interrupted = Resumable(planning, command);
        string left = interrupted.Run.Runner ? "what the runner finds left to do" : string.Join(", ", Wanted(planning, interrupted).Select(script => script.Id)) is { Length: > 0 } ids ? ids : "nothing but its end";
        return planning.Plan with { Gates = [GateResult.Open("interrupted-run", $"the run {interrupted.RunId} is finished by this call; left of it: {left}")] };
    }

    private async Task<PlanningResult> ReadAsync(MigrationCommand command, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await new MigrationPlanner(context, PlanDepth.Counted).PlanAsync(session, command, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ApplyAllAsync(RunDraft run, MigrationCommand command, MigrationPlan? pinned, ConfirmRun confirm, CancellationToken cancellationToken)
    {
        IDatabaseSession guard = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (guard.ConfigureAwait(false))
        {
            IAsyncDisposable held = await RunLock.TakeAsync(guard, command, context.Clock, cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                PlanningResult planning = await new MigrationPlanner(context, PlanDepth.Counted).PlanAsync(guard, command, cancellationToken).ConfigureAwait(false);
                (command, planning) = await SettleFailedAsync(run, guard, command, planning, cancellationToken).ConfigureAwait(false);
                if (!await new RunPreparation(context, net, http).PrepareAsync(run, guard, command, planning, pinned, confirm, cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
        }

        await ChangeAsync(run, command, run.Planning!, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A migration that its tool recorded as failed may run again when it is proved that nothing of it is left; otherwise the gate asks a person.</summary>
    private async Task<(MigrationCommand Command, PlanningResult Planning)> SettleFailedAsync(
        RunDraft run, IDatabaseSession session, MigrationCommand command, PlanningResult planning, CancellationToken cancellationToken)
    {
        if (planning.Interrupted is not null || planning.Items.All(item => item.State != MigrationState.Failed) || command.Allowed.Contains(PlanGates.RetryFailed, StringComparer.OrdinalIgnoreCase))
        {
            return (command, planning);
        }

        if (await new Trial.FailedMigrationProof(context, run.Log).DoubtAsync(command, planning, cancellationToken).ConfigureAwait(false) is string doubt)
        {
            run.Warnings.Add($"Whether the failed migration left anything behind could not be settled: {doubt}.");
            return (command, planning);
        }

        run.Log.Say("proof", "Nothing of the failed migration took effect: the schema is the one of before it, and every part of it would show. It runs again.");
        MigrationCommand settled = command with { AllowHazards = [.. command.AllowHazards, PlanGates.RetryFailed] };
        return (settled, await new MigrationPlanner(context, PlanDepth.Counted).PlanAsync(session, settled, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Changes the database, verifies, and takes everything back when something fails.</summary>
    private async Task ChangeAsync(RunDraft run, MigrationCommand command, PlanningResult planning, InterruptedRun? resumed, CancellationToken cancellationToken)
    {
        RunScope scope = run.Scope(command);
        SafeDbError failure;
        try
        {
            await new ApplyPhase(context, http).RunAsync(run, command, planning, scope, resumed, cancellationToken).ConfigureAwait(false);
            run.Outcome = MigrationOutcome.Applied;
            return;
        }
        catch (SafeDbException) when (!run.Journalled)
        {
            throw;
        }
        catch (SafeDbException exception)
        {
            failure = exception.Error;
        }
        catch (OperationCanceledException) when (run.Journalled)
        {
            failure = GeneralErrors.Cancelled.Error();
        }

        run.Log.Say("failure", failure.Message, failure.Id);
        run.Log.Phase("way back");
        Task<RevertOutcome> reverting = new RunReverter(context, net, run.Log).RevertAsync(command, scope, planning.Scripts, run.Steps.Add, CancellationToken.None);
        run.Reverted(failure, await RevertOutcome.OrLockedAsync(reverting).ConfigureAwait(false));
    }

    private async Task ResumeAsync(RunDraft run, MigrationCommand command, ConfirmRun confirm, CancellationToken cancellationToken)
    {
        PlanningResult planning = await ReadAsync(command, cancellationToken).ConfigureAwait(false);
        InterruptedRun interrupted = Resumable(planning, command);
        run.Take(planning);
        run.ContinueAs(interrupted);
        IReadOnlyList<MigrationScript> wanted = Wanted(planning, interrupted);
        if (!await confirm(planning.Plan, null, cancellationToken).ConfigureAwait(false))
        {
            throw MigrationErrors.NotConfirmed.Exception();
        }

        await ChangeAsync(run, command, planning with { Pending = wanted }, interrupted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The run that can be finished by applying what is left of it.</summary>
    private static InterruptedRun Resumable(PlanningResult planning, MigrationCommand command)
    {
        InterruptedRun interrupted = planning.Interrupted ?? throw MigrationErrors.NothingInterrupted.Exception(command.Database.Display);
        if (interrupted.Run.Undo)
        {
            throw MigrationErrors.Interrupted.Exception(interrupted.RunId, interrupted.StartedAt.UtcDateTime, "it was taking migrations back; only Undo-SafeMigration can finish that.");
        }

        if (interrupted.Run.Runner != command.Runner is not null)
        {
            throw MigrationErrors.RunnerWanted.Exception(interrupted.RunId, interrupted.Run.Runner ? "of" : "without");
        }

        return interrupted;
    }

    /// <summary>What is left to do of the run, out of files that are still the same.</summary>
    private static IReadOnlyList<MigrationScript> Wanted(PlanningResult planning, InterruptedRun interrupted)
    {
        var wanted = new List<MigrationScript>();
        for (int i = 0; i < interrupted.Run.Migrations.Count; i++)
        {
            string id = interrupted.Run.Migrations[i];
            InventoryItem item = planning.Items.FirstOrDefault(item => item.Id == id && item.Script is not null) ?? throw MigrationErrors.PlanStale.Exception($"the file of {id} is gone");
            bool half = interrupted.Partial is { HalfApplied: true } partial && partial.Migration == id;
            if (half && i < interrupted.Run.Hashes.Count && item.Script!.ContentHash != interrupted.Run.Hashes[i])
            {
                throw MigrationErrors.PlanStale.Exception($"{id} is half applied and its file was edited since");
            }

            if (half || item.State is not (MigrationState.Applied or MigrationState.Edited))
            {
                wanted.Add(item.Script!);
            }
        }

        return wanted;
    }
}
