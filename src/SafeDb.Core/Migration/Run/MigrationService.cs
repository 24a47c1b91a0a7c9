using System.Diagnostics;

using SafeDb.Errors;
using SafeDb.Evidence;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Script;
using SafeDb.Migration.Status;
using SafeDb.Migration.Verify;
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
    /// <summary>Makes the plan and changes nothing.</summary>
    public async Task<PlanningResult> PlanAsync(MigrationCommand command, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await new MigrationPlanner(context).PlanAsync(session, command, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs. Every failure is in the result; only a wrong call (a folder that is not there, an address that cannot be reached) throws.</summary>
    /// <param name="command">What to do.</param>
    /// <param name="pinned">The plan that must still fit, or null.</param>
    /// <param name="confirm">Asked before anything changes.</param>
    /// <param name="cancellationToken">Stops the run; what had begun is taken back.</param>
    public Task<MigrationRun> RunAsync(MigrationCommand command, MigrationPlan? pinned, ConfirmRun confirm, CancellationToken cancellationToken) =>
        InEnvelopeAsync(command, (run, token) => ApplyAllAsync(run, command, pinned, confirm, token), cancellationToken);

    /// <summary>Finishes an interrupted run.</summary>
    public Task<MigrationRun> ResumeAsync(MigrationCommand command, ConfirmRun confirm, CancellationToken cancellationToken) =>
        InEnvelopeAsync(command, (run, token) => ResumeAsync(run, command, confirm, token), cancellationToken);

    private async Task<MigrationRun> InEnvelopeAsync(MigrationCommand command, Func<RunDraft, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var draft = RunDraft.Begin(command, context);
        using (draft.Evidence)
        {
            try
            {
                await work(draft, cancellationToken).ConfigureAwait(false);
            }
            catch (SafeDbException failure)
            {
                draft.Fail(failure.Error);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                draft.Fail(GeneralErrors.Cancelled.Error());
            }

            var hooks = new RunHooks(draft.Log, http);
            Configuration.HookSettings settings = command.Settings?.Hooks ?? new();
            bool ran = draft.Outcome is not (MigrationOutcome.NothingToDo or MigrationOutcome.Stopped);
            if (ran)
            {
                bool succeeded = draft.Outcome is MigrationOutcome.Applied or MigrationOutcome.Undone;
                draft.Warnings.AddRange(await hooks.TryRunAsync(succeeded ? settings.After : settings.Failure, draft.Outcome.ToString()).ConfigureAwait(false));
            }

            draft.Warnings.AddRange(await hooks.NotifyAsync(settings, draft.Result()).ConfigureAwait(false));
            return draft.Complete();
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
                PlanningResult planning = await new MigrationPlanner(context).PlanAsync(guard, command, cancellationToken).ConfigureAwait(false);
                (command, planning) = await SettleFailedAsync(run, guard, command, planning, cancellationToken).ConfigureAwait(false);
                run.Take(planning);
                if (pinned?.DifferencesFrom(planning.Plan) is { Count: > 0 } differences)
                {
                    throw MigrationErrors.PlanStale.Exception(string.Join("; ", differences));
                }

                run.Judge(planning.Plan.Gates);
                if (planning.Pending.Count == 0)
                {
                    run.Outcome = MigrationOutcome.NothingToDo;
                    return;
                }

                await SecureAsync(run, command, planning, cancellationToken).ConfigureAwait(false);
                if (!await confirm(planning.Plan, run.Rehearsal, cancellationToken).ConfigureAwait(false))
                {
                    throw MigrationErrors.NotConfirmed.Exception();
                }

                await new RunHooks(run.Log, http).RunAsync(command.Settings?.Hooks.Before ?? [], "before", cancellationToken).ConfigureAwait(false);
                string now = await context.FingerprintAsync(guard, cancellationToken).ConfigureAwait(false);
                if (now != planning.Plan.SchemaFingerprint)
                {
                    throw MigrationErrors.PlanStale.Exception("the schema was changed while the run was being prepared");
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
        return (settled, await new MigrationPlanner(context).PlanAsync(session, settled, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Backup, drill and rehearsal, with their gates.</summary>
    private async Task SecureAsync(RunDraft run, MigrationCommand command, PlanningResult planning, CancellationToken cancellationToken)
    {
        if (net is null)
        {
            run.Judge([GateResult.Closed("no-backup", MigrationErrors.NoBackup.Error(), command.Allowed)]);
            return;
        }

        IReadOnlyList<MigrationScript> all = [.. planning.Items.Where(item => item.Script is not null).Select(item => item.Script!)];
        Func<Addresses.DatabaseAddress, CancellationToken, Task>? onCopy = !command.Policy.RequireRehearsal ? null : async (copy, token) =>
            run.Rehearsal = await new Rehearsal(context, run.Log).RunAsync(command, planning.Plan.Format, copy, planning.Pending, all, token).ConfigureAwait(false);
        ProvenBackup backup = await net.ObtainAsync(command.Database, command.Policy.MaxVerifiedBackupAge, onCopy, cancellationToken).ConfigureAwait(false);
        run.Backup = backup;
        run.Log.Say("backup", $"{backup.Backup} was proved by a restore: {backup.RowsCompared} rows compared.");
        run.Judge([GateResult.Open("no-backup", "a backup was proved by a restore")]);
        if (run.Rehearsal is not null)
        {
            run.Judge(RunGates.OfRehearsal(run.Rehearsal, command));
        }
    }

    /// <summary>Changes the database, verifies, and takes everything back when something fails.</summary>
    private async Task ChangeAsync(RunDraft run, MigrationCommand command, PlanningResult planning, InterruptedRun? resumed, CancellationToken cancellationToken)
    {
        RunScope scope = run.Scope(command, context);
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
        IReadOnlyList<MigrationScript> all = [.. planning.Items.Where(item => item.Script is not null).Select(item => item.Script!)];
        RevertOutcome back = await new RunReverter(context, net, run.Log).RevertAsync(command, scope, all, run.Steps.Add, CancellationToken.None).ConfigureAwait(false);
        run.Reverted(failure, back);
    }

    private async Task ResumeAsync(RunDraft run, MigrationCommand command, ConfirmRun confirm, CancellationToken cancellationToken)
    {
        PlanningResult planning = await PlanAsync(command, cancellationToken).ConfigureAwait(false);
        InterruptedRun interrupted = planning.Interrupted ?? throw MigrationErrors.NothingInterrupted.Exception(command.Database.Display);
        if (interrupted.Run.Undo)
        {
            throw MigrationErrors.Interrupted.Exception(interrupted.RunId, interrupted.StartedAt.UtcDateTime, "it was taking migrations back; only Undo-SafeMigration can finish that.");
        }

        run.Take(planning);
        run.ContinueAs(interrupted);
        IReadOnlyList<MigrationScript> wanted = Wanted(planning, interrupted);
        if (!await confirm(planning.Plan, null, cancellationToken).ConfigureAwait(false))
        {
            throw MigrationErrors.NotConfirmed.Exception();
        }

        await ChangeAsync(run, command, planning with { Pending = wanted }, interrupted, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What is left to do of the run, out of files that are still the same.</summary>
    private static IReadOnlyList<MigrationScript> Wanted(PlanningResult planning, InterruptedRun interrupted)
    {
        var wanted = new List<MigrationScript>();
        for (int i = 0; i < interrupted.Run.Migrations.Count; i++)
        {
            string id = interrupted.Run.Migrations[i];
            InventoryItem item = planning.Items.FirstOrDefault(item => item.Id == id && item.Script is not null) ?? throw MigrationErrors.PlanStale.Exception($"the file of {id} is gone");
            bool half = interrupted.Partial?.Migration == id;
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
