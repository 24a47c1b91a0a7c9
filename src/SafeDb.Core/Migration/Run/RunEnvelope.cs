using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Plan;

namespace SafeDb.Migration.Run;

/// <summary>What is around every run that may change a database: its evidence, its end told to hooks and webhooks, and every failure in the result.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="http">For webhooks and health checks.</param>
internal sealed class RunEnvelope(MigrationContext context, HttpClient http)
{
    public async Task<MigrationRun> RunAsync(MigrationCommand command, Func<RunDraft, CancellationToken, Task> work, CancellationToken cancellationToken)
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
            catch (OperationCanceledException stopped) when (cancellationToken.IsCancellationRequested)
            {
                draft.Fail(stopped.InnerException is SafeDbException { Error.Kind: ErrorKind.Cancelled } said ? said.Error : GeneralErrors.Cancelled.Error());
            }

            await new RunMaintenance(context).LeaveAsync(draft, command).ConfigureAwait(false);
            draft.Log.Phase("hooks, notification");
            var hooks = new RunHooks(draft.Log, command, http);
            bool ran = draft.Outcome is not (MigrationOutcome.NothingToDo or MigrationOutcome.Stopped);
            if (ran)
            {
                bool succeeded = draft.Outcome is MigrationOutcome.Applied or MigrationOutcome.Undone;
                draft.Warnings.AddRange(await hooks.TryRunAsync(succeeded ? RunMoment.After : RunMoment.Failure, draft.Result()).ConfigureAwait(false));
            }

            draft.Warnings.AddRange(await hooks.NotifyAsync(draft.Result()).ConfigureAwait(false));
            return draft.Complete();
        }
    }
}

/// <summary>What a run does before it may change the database: gates, proved backup, rehearsal, confirmation, hooks. Nothing of it changes the database itself.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="net">The backup, or null.</param>
/// <param name="http">For hooks.</param>
internal sealed class RunPreparation(MigrationContext context, ISafetyNet? net, HttpClient http)
{
    /// <summary>Prepares; answers false when there is nothing to do, and throws when a gate is closed or somebody said no.</summary>
    public async Task<bool> PrepareAsync(
        RunDraft run, Providers.IDatabaseSession guard, MigrationCommand command, PlanningResult planning, MigrationPlan? pinned, ConfirmRun confirm, CancellationToken cancellationToken)
    {
        run.Take(planning);
        if (pinned?.DifferencesFrom(planning.Plan) is { Count: > 0 } differences)
        {
            throw MigrationErrors.PlanStale.Exception(string.Join("; ", differences));
        }

        run.Judge(planning.Plan.Gates);
        if (planning.Plan.IsEmpty)
        {
            run.Outcome = MigrationOutcome.NothingToDo;
            return false;
        }

        command.BeforeRehearsal?.Invoke(planning.Plan);
        await SecureAsync(run, command, planning, cancellationToken).ConfigureAwait(false);
        run.Log.Phase("confirmation, hooks");
        if (!await confirm(planning.Plan, run.Rehearsal, cancellationToken).ConfigureAwait(false))
        {
            throw MigrationErrors.NotConfirmed.Exception();
        }

        await new RunHooks(run.Log, command, http).RunAsync(RunMoment.Before, run.Result(), cancellationToken).ConfigureAwait(false);
        await new RunMaintenance(context).EnterAsync(run, guard, command, cancellationToken).ConfigureAwait(false);
        if (await context.FingerprintAsync(guard, cancellationToken).ConfigureAwait(false) != planning.Plan.SchemaFingerprint)
        {
            throw MigrationErrors.PlanStale.Exception("the schema was changed while the run was being prepared");
        }

        return true;
    }

    /// <summary>Backup, drill and rehearsal, with their gates.</summary>
    private async Task SecureAsync(RunDraft run, MigrationCommand command, PlanningResult planning, CancellationToken cancellationToken)
    {
        bool down = planning.Plan.Direction == MigrationPlan.Down;
        if (net is null)
        {
            // What a runner does nobody has read: without a copy it would be tried on production first, and without a backup nothing leads back. That is nothing to allow.
            run.Judge([GateResult.Closed(RunGates.Backup, MigrationErrors.NoBackup.Error(), planning.Plan.Runner ? [] : command.Allowed)]);
        }
        else
        {
            run.Log.Phase("backup, restore, comparison");
            Func<Addresses.DatabaseAddress, CancellationToken, Task>? onCopy = !command.Policy.RequireRehearsal && !planning.Plan.Runner ? null : async (copy, token) =>
                run.Rehearsal = await new Rehearsal(context, run.Log).RunAsync(command, copy, planning, token).ConfigureAwait(false);
            ProvenBackup backup = await net.ObtainAsync(command.Database, command.Policy.MaxVerifiedBackupAge, onCopy, cancellationToken).ConfigureAwait(false);
            run.Backup = backup;
            run.Log.Say("backup", $"{backup.Backup} was proved by a restore: {Counted.Of(backup.RowsCompared, "row")} compared.");
            run.Judge([GateResult.Open(RunGates.Backup, "a backup was proved by a restore")]);
        }

        if (run.Rehearsal is not null)
        {
            run.Judge(RunGates.OfRehearsal(run.Rehearsal, down, command));
        }
        else if (down)
        {
            run.Judge([RunGates.UnmeasuredUndo(planning, command)]);
        }
    }
}
