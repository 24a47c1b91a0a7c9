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
        run.Log.Phase("apply");
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            IAsyncDisposable held = await RunLock.TakeAsync(session, command, context.Clock, cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                // A resumed run answers for all of its migrations, also for those that were whole before it.
                IReadOnlyList<MigrationScript> whole = resumed is null ? planning.Pending : [.. planning.Scripts.Where(script => resumed.Run.Migrations.Contains(script.Id, StringComparer.Ordinal))];
                var checks = new MigrationChecks(context);
                var probes = new QueryProbes(context);
                run.Checks.AddRange(await checks.InvariantsAsync(session, command.Settings, "before", cancellationToken).ConfigureAwait(false));
                IReadOnlyList<ProbeMeasure> before = await probes.MeasureAsync(session, command.Settings, cancellationToken).ConfigureAwait(false);
                await (command.Runner is { } runner
                    ? RunnerAsync(session, run, command, planning, scope, runner, resumed, cancellationToken)
                    : MigrateAsync(session, run, command, planning, scope, resumed, cancellationToken)).ConfigureAwait(false);
                run.Log.Phase("verify");
                await VerifyAsync(session, run, command, whole, checks, resumed, cancellationToken).ConfigureAwait(false);
                IReadOnlyList<ProbeMeasure> after = await probes.MeasureAsync(session, command.Settings, cancellationToken).ConfigureAwait(false);
                run.Take(QueryProbes.Compare(before, after, command.Policy.MaxProbeSlowdown));
                await FinishAsync(session, run, planning, whole, scope, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>A runner takes its own tool's lock; SafeDb's is held around it.</summary>
    private async Task RunnerAsync(
        IDatabaseSession session, RunDraft run, MigrationCommand command, PlanningResult planning, RunScope scope, MigrationRunner runner, InterruptedRun? resumed, CancellationToken cancellationToken)
    {
        if (resumed is null)
        {
            await RefuseAnotherRunAsync(session, planning, cancellationToken).ConfigureAwait(false);
            await BeginJournalAsync(session, run, planning, scope, cancellationToken).ConfigureAwait(false);
        }

        run.Journalled = true;
        run.Steps.Add(await new RunnerStep(context, run.Log).RunAsync(runner, command.Database, rehearsal: false, cancellationToken).ConfigureAwait(false));
    }

    private async Task MigrateAsync(
        IDatabaseSession session, RunDraft run, MigrationCommand command, PlanningResult planning, RunScope scope, InterruptedRun? resumed, CancellationToken cancellationToken)
    {
        IMigrationHistory history = context.History(planning.Plan.Format);
        IAsyncDisposable peer = await RunLock.TakeAsync(
            () => history.TryLockAsync(session, cancellationToken), $"the lock of {planning.Plan.Format}", command, context.Clock, cancellationToken).ConfigureAwait(false);
        await using (peer.ConfigureAwait(false))
        {
            await ApplyAsync(session, run, planning, scope, history, resumed, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ApplyAsync(
        IDatabaseSession session, RunDraft run, PlanningResult planning, RunScope scope, IMigrationHistory history, InterruptedRun? resumed, CancellationToken cancellationToken)
    {
        var applier = new MigrationApplier(context, history, scope);
        if (resumed is null)
        {
            await RefuseAnotherRunAsync(session, planning, cancellationToken).ConfigureAwait(false);
            await RefuseAppliedAsync(session, planning, history, cancellationToken).ConfigureAwait(false);
            await BeginJournalAsync(session, run, planning, scope, cancellationToken).ConfigureAwait(false);
            run.Journalled = true;
        }
        else
        {
            run.Journalled = true;
            resumed = await applier.SettleAsync(session, resumed, planning.Scripts, cancellationToken).ConfigureAwait(false);
            resumed = await applier.GoForwardAsync(session, resumed, cancellationToken).ConfigureAwait(false);
        }

        await applier.ApplyAsync(session, planning.Pending, resumed, run.Steps.Add, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Between the plan and the lock of this session another run may have come and gone.</summary>
    private async Task RefuseAnotherRunAsync(IDatabaseSession session, PlanningResult planning, CancellationToken cancellationToken)
    {
        if (await context.Journal.ExistsAsync(session, cancellationToken).ConfigureAwait(false))
        {
            throw MigrationErrors.PlanStale.Exception("another run began meanwhile");
        }

        if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != planning.Plan.SchemaFingerprint)
        {
            throw MigrationErrors.PlanStale.Exception("the schema was changed between the plan and the lock under which it runs");
        }
    }

    private static async Task RefuseAppliedAsync(IDatabaseSession session, PlanningResult planning, IMigrationHistory history, CancellationToken cancellationToken)
    {
        bool exists = await history.ExistsAsync(session, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AppliedMigration> recorded = exists ? await history.ReadAsync(session, cancellationToken).ConfigureAwait(false) : [];
        IReadOnlyList<InventoryItem> now = MigrationInventory.Compare(planning.Scripts, recorded);
        if (planning.Pending.Any(script => now.Any(item => item.Id == script.Id && item.State == MigrationState.Applied && !script.Repeatable)))
        {
            throw MigrationErrors.PlanStale.Exception("another run applied migrations meanwhile");
        }
    }

    private Task BeginJournalAsync(IDatabaseSession session, RunDraft run, PlanningResult planning, RunScope scope, CancellationToken cancellationToken) =>
        RunJournal.BeginAsync(context, session, scope, planning, run.Backup?.Backup, run.Rehearsal?.SchemaAfter, cancellationToken);

    private async Task VerifyAsync(
        IDatabaseSession session, RunDraft run, MigrationCommand command, IReadOnlyList<MigrationScript> migrations, MigrationChecks checks, InterruptedRun? resumed, CancellationToken cancellationToken)
    {
        run.SchemaLeft = await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false);
        run.SchemaAfter = run.SchemaLeft.Fingerprint();
        if ((run.Rehearsal?.SchemaAfter ?? resumed?.Run.SchemaRehearsed) is { } rehearsed)
        {
            bool same = rehearsed == run.SchemaAfter;
            run.Checks.Add(new CheckResult("schema", "after", same, same ? "the schema is the one that was rehearsed" : "the schema is not the one that was rehearsed"));
        }

        if (run.Rehearsal is not null)
        {
            IReadOnlyList<string> rows = RehearsedRows.Differences(run.Rehearsal.Migrations, run.Steps);
            run.Checks.Add(new CheckResult("rows", "after", true, rows.Count == 0 ? "every statement changed as many rows as in the rehearsal" : string.Join("; ", rows)));
            run.Warnings.AddRange(rows.Select(difference => $"Another number of rows was changed than in the rehearsal, because of what was written meanwhile? {difference}."));
        }

        run.Checks.AddRange(await checks.VerifyAsync(session, migrations, "after", cancellationToken).ConfigureAwait(false));
        run.Checks.AddRange(await checks.InvariantsAsync(session, command.Settings, "after", cancellationToken).ConfigureAwait(false));
        run.Checks.AddRange((await checks.ProbesStillRunAsync(session, command.Settings, cancellationToken).ConfigureAwait(false)).Select(check => check with { When = "after" }));
        run.Checks.AddRange(await new RunHooks(run.Log, command, http).HealthAsync(run.Result(), cancellationToken).ConfigureAwait(false));
        run.RefuseBrokenChecks();
    }

    private async Task FinishAsync(IDatabaseSession session, RunDraft run, PlanningResult planning, IReadOnlyList<MigrationScript> migrations, RunScope scope, CancellationToken cancellationToken)
    {
        if (migrations.Count > 0)
        {
            await new MigrationApplier(context, context.History(planning.Plan.Format), scope).RecordSchemaAsync(session, migrations[^1], run.SchemaAfter!, cancellationToken).ConfigureAwait(false);
        }

        await JournalTable.DropAsync(session, CancellationToken.None).ConfigureAwait(false);
        run.Log.Say("applied", planning.Plan.Runner ? "What the runner did is verified." : $"{Counted.Of(migrations.Count, "migration")} {Counted.Noun(migrations.Count, "is", "are")} applied and verified.");
    }
}
