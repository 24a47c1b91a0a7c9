using System.Diagnostics;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Verify;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// Runs the migrations on the restored copy with everything measured, then the way back, then the way there again: up, down, up for what is to be applied; down, up for what is to be
/// taken back. Rows and schema are compared at every turn.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="log">The run's log.</param>
internal sealed class Rehearsal(MigrationContext context, RunLog log)
{
    private readonly RehearsalEvents _events = new(log);

    public async Task<RehearsalReport> RunAsync(MigrationCommand command, DatabaseAddress copy, PlanningResult planning, CancellationToken cancellationToken)
    {
        var steps = new List<MigrationStep>();
        log.Phase("rehearsal");
        try
        {
            IDatabaseSession session = await context.OpenAsync(copy, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await RunAsync(session, command, copy, planning, steps, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SafeDbException failure)
        {
            log.Say("rehearsal", failure.Message, failure.Id);
            return new RehearsalReport(false, "", steps, []) { Error = failure.Error };
        }
    }

    private async Task<RehearsalReport> RunAsync(
        IDatabaseSession session, MigrationCommand command, DatabaseAddress copy, PlanningResult planning, List<MigrationStep> steps, CancellationToken cancellationToken)
    {
        bool down = planning.Plan.Direction == MigrationPlan.Down;
        var checks = new MigrationChecks(context);
        List<CheckResult> results = [.. await checks.InvariantsAsync(session, command.Settings, "before", cancellationToken).ConfigureAwait(false)];
        string before = await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false);
        IKeptRows kept = await context.Engine.Measurement.Rows.BeginAsync(session, token => context.OpenAsync(copy, token), cancellationToken).ConfigureAwait(false);
        var touched = new TouchedTables(context, kept);
        await (command.Runner is null ? touched.WillRunAsync(session, Scripts(planning), cancellationToken) : touched.WillRunUnseenAsync(cancellationToken)).ConfigureAwait(false);
        var scope = new RunScope(log.RunId, copy, new ExecutionLimits(command.Policy.LockTimeout, command.Policy.StatementTimeout), 0, _events) { BatchPatience = command.Policy.BatchPatience };
        IReadOnlyList<LockSpan> locks = command.Runner is { } runner
            ? await RunnerAsync(runner, copy, steps, cancellationToken).ConfigureAwait(false)
            : await MeasuredAsync(session, planning, scope, touched, steps, cancellationToken).ConfigureAwait(false);
        TimeSpan duration = Stopwatch.GetElapsedTime(scope.Begin);
        string after = await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TableDataChange> changes = await kept.CompareAsync(touched.Traces, cancellationToken).ConfigureAwait(false);
        if (!down)
        {
            results.AddRange(await checks.VerifyAsync(session, planning.Pending, "rehearsal", cancellationToken).ConfigureAwait(false));
        }

        results.AddRange(NotTheirFault(results, await checks.InvariantsAsync(session, command.Settings, "rehearsal", cancellationToken).ConfigureAwait(false)));
        results.AddRange(await checks.ProbesStillRunAsync(session, command.Settings, cancellationToken).ConfigureAwait(false));
        var report = new RehearsalReport(results.TrueForAll(check => check.Passed || check.When != "rehearsal"), after, steps, changes)
        {
            Duration = duration, Checks = results, Locks = locks, Losses = [.. changes.Where(change => change.ValuesLost > 0)],
        };
        if (planning.Plan.Runner)
        {
            return report;
        }

        var turns = new RehearsalTurns(context, new MigrationApplier(context, context.History(planning.Plan.Format), scope with { Watch = touched }), session, kept, touched, planning);
        return down ? await turns.UpAgainAsync(report, before, cancellationToken).ConfigureAwait(false)
            : planning.Pending.Any(migration => migration.DownSql is null) ? report
            : await turns.DownAndUpAsync(report, before, cancellationToken).ConfigureAwait(false);
    }

    private Script.ExecutableScript[] Scripts(PlanningResult planning) =>
        [.. planning.Pending.Select(context.Scripts.ReadUp), .. planning.Pending.Select(context.Scripts.ReadDown).OfType<Script.ExecutableScript>()];

    private async Task<IReadOnlyList<LockSpan>> RunnerAsync(MigrationRunner runner, DatabaseAddress copy, List<MigrationStep> steps, CancellationToken cancellationToken)
    {
        steps.Add(await new RunnerStep(context, log).RunAsync(runner, copy, rehearsal: true, cancellationToken).ConfigureAwait(false));
        return [];
    }

    private async Task<IReadOnlyList<LockSpan>> MeasuredAsync(
        IDatabaseSession session, PlanningResult planning, RunScope scope, TouchedTables touched, List<MigrationStep> steps, CancellationToken cancellationToken)
    {
        var sampler = new LockSampler(context, scope);
        await using (sampler.ConfigureAwait(false))
        {
            await sampler.StartAsync(session, cancellationToken).ConfigureAwait(false);
            var applier = new MigrationApplier(context, context.History(planning.Plan.Format), scope with { Watch = new RehearsalWatch(context, sampler, touched) });
            void Done(MigrationStep step)
            {
                steps.Add(step);
                sampler.Released();
            }

            await (planning.Plan.Direction == MigrationPlan.Down
                ? applier.RevertAsync(session, planning.Pending, planning.Scripts, null, Done, cancellationToken)
                : applier.ApplyAsync(session, planning.Pending, null, Done, cancellationToken)).ConfigureAwait(false);
            return await sampler.StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What did not hold before is not the migration's fault: it is told, and stops nothing here.</summary>
    private static IEnumerable<CheckResult> NotTheirFault(List<CheckResult> before, IReadOnlyList<CheckResult> now) => now.Select(check =>
        !check.Passed && before.Exists(other => other.When == "before" && other.Name == check.Name && !other.Passed)
            ? check with { Passed = true, Message = $"it did not hold before either: {check.Message}" }
            : check);
}

/// <summary>Marks what happens on the copy, so that nobody takes it for the database.</summary>
internal sealed class RehearsalEvents(RunLog log) : Evidence.IRunEvents
{
    public void Write(Evidence.RunEvent line) => log.Write(line with { Rehearsal = true });
}
