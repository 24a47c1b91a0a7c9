using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Script;
using SafeDb.Migration.Status;
using SafeDb.Migration.Verify;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>The part of a run that changes the database: journal, the tool's own lock, the migrations, and the checks that let it count.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="http">For health checks.</param>
internal sealed class ApplyPhase(MigrationContext context, HttpClient http)
{
    public async Task RunAsync(RunDraft run, MigrationCommand command, PlanningResult planning, RunScope scope, InterruptedRun? resumed, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            IAsyncDisposable held = await RunLock.TakeAsync(session, command, context.Clock, cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                var checks = new MigrationChecks(context);
                run.Checks.AddRange(await checks.InvariantsAsync(session, command.Settings, "before", cancellationToken).ConfigureAwait(false));
                IReadOnlyList<TimeSpan> before = await MigrationChecks.ProbeAsync(session, command.Settings, cancellationToken).ConfigureAwait(false);
                IMigrationHistory history = context.History(planning.Plan.Format);
                IAsyncDisposable peer = await RunLock.TakeAsync(
                    () => history.TryLockAsync(session, cancellationToken), $"the lock of {planning.Plan.Format}", command, context.Clock, cancellationToken).ConfigureAwait(false);
                await using (peer.ConfigureAwait(false))
                {
                    await ApplyAsync(session, run, planning, scope, history, resumed, cancellationToken).ConfigureAwait(false);
                }

                await VerifyAsync(session, run, command, planning, checks, before, cancellationToken).ConfigureAwait(false);
                await FinishAsync(session, run, planning, history, scope, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task ApplyAsync(
        IDatabaseSession session, RunDraft run, PlanningResult planning, RunScope scope, IMigrationHistory history, InterruptedRun? resumed, CancellationToken cancellationToken)
    {
        var applier = new MigrationApplier(context, history, scope);
        if (resumed is null)
        {
            await RefuseAnotherRunAsync(session, planning, history, cancellationToken).ConfigureAwait(false);
            await BeginJournalAsync(session, run, planning, scope, cancellationToken).ConfigureAwait(false);
            run.Journalled = true;
        }
        else
        {
            IReadOnlyList<MigrationScript> all = [.. planning.Items.Where(item => item.Script is not null).Select(item => item.Script!)];
            run.Journalled = true;
            resumed = await applier.SettleAsync(session, resumed, all, cancellationToken).ConfigureAwait(false);
            if (resumed.Partial is { Reverting: true } back)
            {
                throw MigrationErrors.Interrupted.Exception(resumed.RunId, resumed.StartedAt.UtcDateTime, $"{back.Migration} is being taken back; only Undo-SafeMigration can finish that.");
            }
        }

        await applier.ApplyAsync(session, planning.Pending, resumed, run.Steps.Add, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Between the plan and the lock of this session another run may have come and gone.</summary>
    private async Task RefuseAnotherRunAsync(IDatabaseSession session, PlanningResult planning, IMigrationHistory history, CancellationToken cancellationToken)
    {
        if (await context.Journal.ExistsAsync(session, cancellationToken).ConfigureAwait(false))
        {
            throw MigrationErrors.PlanStale.Exception("another run began meanwhile");
        }

        bool exists = await history.ExistsAsync(session, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AppliedMigration> recorded = exists ? await history.ReadAsync(session, cancellationToken).ConfigureAwait(false) : [];
        IReadOnlyList<InventoryItem> now = MigrationInventory.Compare([.. planning.Items.Where(item => item.Script is not null).Select(item => item.Script!)], recorded);
        if (planning.Pending.Any(script => now.Any(item => item.Id == script.Id && item.State == MigrationState.Applied && !script.Repeatable)))
        {
            throw MigrationErrors.PlanStale.Exception("another run applied migrations meanwhile");
        }
    }

    /// <summary>The journal and its first entry come into being together.</summary>
    private async Task BeginJournalAsync(IDatabaseSession session, RunDraft run, PlanningResult planning, RunScope scope, CancellationToken cancellationToken)
    {
        var description = new JournalRun(
            planning.Plan.Format, [.. planning.Pending.Select(script => script.Id)], planning.Plan.SchemaFingerprint, run.Backup?.Backup, Environment.MachineName, Environment.ProcessId)
        {
            Hashes = [.. planning.Pending.Select(script => script.ContentHash)],
        };
        IScriptExecution execution = context.Engine.Execution;
        try
        {
            await execution.BeginAsync(session, SegmentKind.Transaction, scope.Limits, foreignKeysOff: false, cancellationToken).ConfigureAwait(false);
            await JournalTable.CreateAsync(session, cancellationToken).ConfigureAwait(false);
            await JournalTable.AppendAsync(session, new JournalEntry(scope.RunId, context.Clock.GetUtcNow(), JournalEvent.RunStarted, null, 0, description.ToJson()), cancellationToken).ConfigureAwait(false);
            await execution.CommitAsync(session, SegmentKind.Transaction, foreignKeysOff: false, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await execution.RollbackAsync(session).ConfigureAwait(false);
            throw;
        }
    }

    private async Task VerifyAsync(
        IDatabaseSession session, RunDraft run, MigrationCommand command, PlanningResult planning, MigrationChecks checks, IReadOnlyList<TimeSpan> before, CancellationToken cancellationToken)
    {
        run.SchemaAfter = await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false);
        if (run.Rehearsal is { } rehearsal)
        {
            bool same = rehearsal.SchemaAfter == run.SchemaAfter;
            run.Checks.Add(new CheckResult("schema", "after", same, same ? "the schema is the one that was rehearsed" : "the schema is not the one that was rehearsed"));
        }

        run.Checks.AddRange(await checks.VerifyAsync(session, planning.Pending, "after", cancellationToken).ConfigureAwait(false));
        run.Checks.AddRange(await checks.InvariantsAsync(session, command.Settings, "after", cancellationToken).ConfigureAwait(false));
        run.Checks.AddRange(await new RunHooks(run.Log, http).HealthAsync(command.Settings?.Hooks ?? new HookSettings(), cancellationToken).ConfigureAwait(false));
        foreach (CheckResult check in run.Checks.Where(check => check.When == "after"))
        {
            run.Log.Say("verify", $"{check.Name}: {(check.Passed ? "holds" : check.Message)}");
        }

        // What did not hold before the run is not the run's fault.
        CheckResult[] broken = [.. run.Checks.Where(check => check is { When: "after", Passed: false } && !run.Checks.Any(other => other.When == "before" && other.Name == check.Name && !other.Passed))];
        if (broken.Length > 0)
        {
            throw MigrationErrors.VerifyFailed.Exception(string.Join("; ", broken.Select(check => $"{check.Name}: {check.Message}")));
        }

        await CompareProbesAsync(session, run, command, before, cancellationToken).ConfigureAwait(false);
    }

    private static async Task CompareProbesAsync(IDatabaseSession session, RunDraft run, MigrationCommand command, IReadOnlyList<TimeSpan> before, CancellationToken cancellationToken)
    {
        IReadOnlyList<TimeSpan> after = await MigrationChecks.ProbeAsync(session, command.Settings, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < before.Count; i++)
        {
            // Below a millisecond the clock says more than the plan.
            bool slower = after[i] > before[i] * command.Policy.MaxProbeSlowdown && after[i] > TimeSpan.FromMilliseconds(1);
            var probe = new ProbeResult(SqlPreview.Of(command.Settings!.QueryProbes[i]), before[i], after[i], slower);
            run.Probes.Add(probe);
            if (slower)
            {
                run.Warnings.Add($"The query {probe.Query} took {before[i].TotalMilliseconds:0.0} ms before and {after[i].TotalMilliseconds:0.0} ms after.");
            }
        }
    }

    private async Task FinishAsync(IDatabaseSession session, RunDraft run, PlanningResult planning, IMigrationHistory history, RunScope scope, CancellationToken cancellationToken)
    {
        await new MigrationApplier(context, history, scope).RecordSchemaAsync(session, planning.Pending[^1], run.SchemaAfter!, cancellationToken).ConfigureAwait(false);
        await JournalTable.DropAsync(session, CancellationToken.None).ConfigureAwait(false);
        run.Log.Say("applied", $"{planning.Pending.Count} migrations are applied and verified.");
    }
}
