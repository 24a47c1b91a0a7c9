using SafeDb.Configuration;
using SafeDb.Migration.Run;
using SafeDb.Migration.Status;
using SafeDb.Providers;

namespace SafeDb.Migration.Plan;

/// <summary>Makes the plan of a runner. What it will do cannot be read; so there are fewer gates before the rehearsal, and the rehearsal cannot be left out.</summary>
/// <param name="context">The engine's parts.</param>
internal sealed class RunnerPlanner(MigrationContext context)
{
    public async Task<PlanningResult> PlanAsync(IDatabaseSession session, MigrationCommand command, CancellationToken cancellationToken)
    {
        InterruptedRun? interrupted = InterruptedRun.From(await context.Journal.ReadAsync(session, cancellationToken).ConfigureAwait(false));
        Reading read = await ReadAsync(session, command, interrupted, cancellationToken).ConfigureAwait(false);
        GateResult back = command.Policy.WaysBack.Contains(WayBack.Restore)
            ? GateResult.Open("way-back", "the backup takes the database's place when the runner fails; what others write meanwhile is then only in the database kept aside")
            : GateResult.Closed("way-back", MigrationErrors.NoWayBack.Error("the runner, which only a restore can take back"), command.Allowed);
        MigrationPlan plan = read.Plan(command, context.Clock) with
        {
            Gates = [PlanGates.Interruption(interrupted, command), GateResult.NotJudged("risk", "what a runner does cannot be read; the rehearsal measures it"), back],
        };
        return new PlanningResult(plan, [], interrupted, HistoryExists: false);
    }

    /// <summary>The state without any folder: for a runner, and for what a runner left.</summary>
    public async Task<Reading> ReadAsync(IDatabaseSession session, MigrationCommand command, InterruptedRun? interrupted, CancellationToken cancellationToken) =>
        new(command.Folder, RunnerStep.Format, [], [], interrupted, HistoryExists: false, await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false));
}
