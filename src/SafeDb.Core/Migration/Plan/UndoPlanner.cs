using SafeDb.Configuration;
using SafeDb.Migration.Script;
using SafeDb.Migration.Status;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.Migration.Plan;

/// <summary>Which migrations are to be taken back.</summary>
/// <param name="Steps">How many, the last first; null for one.</param>
/// <param name="To">Id of the migration that is to remain the last one, <c>0</c> for none; wins over the number. Null when not given.</param>
public sealed record UndoTarget(int? Steps = null, string? To = null);

/// <summary>Makes plans of taking migrations back. Reads folder and database, changes nothing.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="depth">How much the database is asked for the risk analysis.</param>
public sealed class UndoPlanner(MigrationContext context, PlanDepth depth)
{
    private const string Measured = "the rehearsal measures what it loses";
    private readonly MigrationPlanner _planner = new(context, depth);

    /// <summary>Makes the plan. With an interrupted run it is about that run, whatever was asked for.</summary>
    public async Task<PlanningResult> PlanAsync(IDatabaseSession session, MigrationCommand command, UndoTarget target, CancellationToken cancellationToken)
    {
        Reading read = await _planner.ReadAsync(session, command, cancellationToken).ConfigureAwait(false);
        MigrationScript[] back = read.Interrupted is null ? Chosen(read, command, target) : [];
        RiskFile[] files = [.. Enumerable.Reverse(back).Select(script => new RiskFile(new SourceText(script.DownSql!, script.DownPath ?? script.Path), FileTransaction.Single) { WayBack = FileWayBack.Script })];
        IReadOnlyList<FileRisk> risks = await new PlanRisk(context, depth).AnalyseAsync(session, read, files, [], command, cancellationToken).ConfigureAwait(false);
        PlannedMigration[] planned = [.. Enumerable.Reverse(back).Select((script, index) => Planned(script, risks[index], command.Policy))];
        MigrationPlan plan = read.Plan(command, context.Clock) with
        {
            Direction = MigrationPlan.Down, Migrations = planned, Status = [.. read.Items.Select(item => MigrationPlanner.StatusOf(item, []))],
            Gates = read.Interrupted is null ? PlanGates.JudgeUndo(read.Items, planned, read.Applied, read.Schema, command) : [],
        };
        return new PlanningResult(plan, read.Items, read.Interrupted, read.HistoryExists) { Pending = back };
    }

    private PlannedMigration Planned(MigrationScript script, FileRisk risk, Policy policy)
    {
        ExecutableScript down = context.Scripts.ReadDown(script)!;

        // What a down script takes away is its purpose; how much of it is lost is measured, not guessed, where there is a rehearsal.
        PlannedHazard[] hazards = [.. MigrationPlanner.Hazards(risk).Select(hazard => hazard.MayLoseData && policy.RequireRehearsal && hazard.AllowedBy is null ? hazard with { AllowedBy = Measured } : hazard)];
        return new PlannedMigration
        {
            Id = script.Id, Name = script.Name, Path = script.DownPath ?? script.Path, ContentHash = script.ContentHash, DownHash = MigrationChecksums.Content(script.DownSql!), Atomic = down.IsAtomic,
            Level = hazards.Where(hazard => hazard.AllowedBy is null).Select(hazard => hazard.Level).DefaultIfEmpty(RiskLevel.Safe).Max(), Hazards = hazards, Statements = MigrationPlanner.Statements(down),
        };
    }

    private static MigrationScript[] Chosen(Reading read, MigrationCommand command, UndoTarget target)
    {
        // A repeatable has no version that could be taken back: as with Flyway it stays as it is.
        MigrationScript[] applied = [.. read.Items.Where(item => item.Script is { Repeatable: false } && item.State is MigrationState.Applied or MigrationState.Edited).Select(item => item.Script!)];
        int count = target.Steps ?? 1;
        if (target.To is { } to)
        {
            int place = to == "0" ? -1 : Array.FindIndex(applied, script => MigrationPlanner.Matches(script, to));
            count = place >= 0 || to == "0" ? applied.Length - place - 1 : throw MigrationErrors.NoSuchMigration.Exception(to);
        }

        count = Math.Clamp(count, 0, applied.Length);
        bool baselined = read.Applied.Any(record => record.IsBaseline);
        if (count > 0 && count == applied.Length && !baselined && !command.Policy.AllowReset)
        {
            throw MigrationErrors.ResetRefused.Exception();
        }

        MigrationScript[] back = applied[^count..];
        MigrationScript? without = back.LastOrDefault(script => script.DownSql is null);
        return without is null ? back : throw MigrationErrors.NoDownScript.Exception(without.Id, without.ManualRollback ?? "none is documented");
    }
}
