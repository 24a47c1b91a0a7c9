using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Status;
using SafeDb.Risk;
using SafeDb.Risk.Rules;
using SafeDb.Schema;

namespace SafeDb.Migration.Plan;

/// <summary>The gates that can be judged from the plan alone.</summary>
internal static class PlanGates
{
    public const string RetryFailed = "retry-failed-migration";

    public static IReadOnlyList<GateResult> Judge(
        IReadOnlyList<InventoryItem> items, IReadOnlyList<PlannedMigration> planned, InterruptedRun? interrupted, IReadOnlyList<AppliedMigration> applied, DatabaseSchema schema, MigrationCommand command) =>
    [
        Interruption(interrupted, command),
        State(items, MigrationState.Failed, RetryFailed, MigrationErrors.FailedBefore, "no migration is marked as failed", command),
        State(items, MigrationState.Edited, "edited-migration", MigrationErrors.Edited, "applied files are as they were", command),
        State(items, MigrationState.Missing, "missing-migration", MigrationErrors.Missing, "every applied file is there", command),
        State([.. items.Where(item => planned.Any(migration => migration.Id == item.Id))], MigrationState.OutOfOrder, "out-of-order-migration", MigrationErrors.OutOfOrder, "the order holds", command),
        DriftGate.Judge(applied, schema, command),
        Risk(planned, command),
        WaysBack(planned, command),
    ];

    /// <summary>The gates of taking migrations back.</summary>
    public static IReadOnlyList<GateResult> JudgeUndo(
        IReadOnlyList<InventoryItem> items, IReadOnlyList<PlannedMigration> planned, IReadOnlyList<AppliedMigration> applied, DatabaseSchema schema, MigrationCommand command) =>
    [
        State(items, MigrationState.Failed, RetryFailed, MigrationErrors.FailedBefore, "no migration is marked as failed", command),
        State([.. items.Where(item => planned.Any(migration => migration.Id == item.Id))], MigrationState.Edited, "edited-migration", MigrationErrors.Edited, "the files are as they were", command),
        State(items, MigrationState.Missing, "missing-migration", MigrationErrors.Missing, "every applied file is there", command),
        DriftGate.Judge(applied, schema, command),
        Risk(planned, command),
    ];

    /// <summary>Whether a gate is about where migrations stand, and not about what is pending.</summary>
    public static bool IsAboutStanding(string id) => id is "interrupted-run" or RetryFailed or "edited-migration" or "missing-migration" or "out-of-order-migration" or DriftGate.Id;

    /// <summary>The best way back that the policy accepts: script, then manual, then restore.</summary>
    public static WayBack? WayBackOf(MigrationScript script, Policy policy)
    {
        bool Accepted(WayBack way) => policy.WaysBack.Contains(way);
        return script.DownSql is not null && Accepted(WayBack.DownScript) ? WayBack.DownScript
            : script.ManualRollback is not null && Accepted(WayBack.Manual) ? WayBack.Manual
            : Accepted(WayBack.Restore) ? WayBack.Restore
            : null;
    }

    /// <summary>What an interrupted run left, for a person.</summary>
    public static string Describe(InterruptedRun run)
    {
        string rest = (run.CanResume ? "" : " Only Undo-SafeMigration can end it.") + (run.NeedsPerson is null ? "" : $" {run.NeedsPerson}");
        return run.Run.Runner ? $"a runner was at work, and how far it came only it can say.{rest}"
            : run.Partial is null
            ? $"every migration of it is either applied or not begun.{rest}"
            : $"{run.Partial.Migration} is half {(run.Partial.Reverting ? "taken back" : "applied")} ({run.Partial.SegmentsDone} of its parts are done"
                + (run.Partial.Uncertain is int part ? $", part {part} may be" : "") + (run.Partial.LastBatchKey is { } key ? $", the next one in batches up to the key {key}" : "") + $").{rest}";
    }

    public static GateResult Interruption(InterruptedRun? run, MigrationCommand command) => run is null
        ? GateResult.Open("interrupted-run", "no run was interrupted")
        : GateResult.Closed("interrupted-run", MigrationAdvice.Interrupted(run, command), []);

    private static GateResult State(IReadOnlyList<InventoryItem> items, MigrationState state, string id, ErrorDefinition error, string fine, MigrationCommand command)
    {
        string[] found = [.. items.Where(item => item.State == state).Select(item => item.Id)];
        return found.Length == 0 ? GateResult.Open(id, fine) : GateResult.Closed(id, error.Error(string.Join(", ", found)), command.Allowed);
    }

    private static GateResult Risk(IReadOnlyList<PlannedMigration> planned, MigrationCommand command)
    {
        RiskLevel limit = command.Policy.MaxRisk;
        (PlannedMigration Migration, PlannedHazard Hazard)[] found =
            [.. planned.SelectMany(migration => migration.Hazards.Where(hazard => hazard.AllowedBy is null && hazard.Level > limit).Select(hazard => (migration, hazard)))];
        if (found.Length == 0)
        {
            return GateResult.Open("risk", $"no hazard above {limit} that is not allowed");
        }

        // What cannot be read is most often a slip of the pen: it has an error of its own, and everything else is said with it.
        ErrorDefinition error = found.Any(item => item.Hazard.Rule == StatementNotAnalysed.Id) ? MigrationErrors.NotUnderstood : MigrationErrors.Risk;
        string all = string.Concat(found.Select(item => $"\n  {Describe(item.Migration, item.Hazard)}\n    {item.Hazard.Advice}"));
        IEnumerable<string> rules = found.Select(item => item.Hazard.Rule).Distinct(StringComparer.Ordinal);
        return GateResult.Closed("risk", error.Error(all), []) with { Message = $"{Counted.Of(found.Length, "hazard")} that the policy does not let pass: {string.Join(", ", rules)}" };
    }

    private static string Describe(PlannedMigration migration, PlannedHazard hazard) =>
        $"{migration.Id}{(hazard.Line is int line ? $", line {line}" : "")}: {hazard.Rule} ({hazard.Level}): {hazard.Message}";

    private static GateResult WaysBack(IReadOnlyList<PlannedMigration> planned, MigrationCommand command)
    {
        string[] found = [.. planned.Where(migration => migration.WayBack is null).Select(migration => migration.Id)];
        return found.Length == 0
            ? GateResult.Open("way-back", "every migration has a way back")
            : GateResult.Closed("way-back", MigrationErrors.NoWayBack.Error(string.Join(", ", found)), command.Allowed);
    }
}
