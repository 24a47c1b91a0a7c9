using SafeDb.Migration.Plan;

using static SafeDb.Readiness.ReadinessJudge;

namespace SafeDb.Readiness;

/// <summary>The lines about migrations.</summary>
internal static class MigrationChecklist
{
    public static IEnumerable<ReadinessItem> Of(ReadinessFacts facts) => [Versioned(facts), Reproducible(facts), Unedited(facts), Assessed(facts), WayBack(facts), Logged(facts)];

    private static ReadinessItem Versioned(ReadinessFacts facts) => FromGates(facts, "migrations-versioned", "Is every change a migration in a file, in order?",
        ["missing-migration", "out-of-order-migration"], plan => $"{Counted.Of(plan.Status.Count, "migration")} of format {plan.Format} in {plan.Folder}",
        "Bring the missing files back from version control, and number new migrations after the applied ones.");

    private static ReadinessItem Reproducible(ReadinessFacts facts) => FromGates(facts, "migrations-reproducible", "Is the schema what the migrations make?",
        ["schema-drift", "interrupted-run", "retry-failed-migration"], _ => "no drift, and no run that is half done",
        "Find the drift with Compare-SafeDbSchema and write it as a migration; finish an interrupted run with Invoke-SafeMigration -Resume or Undo-SafeMigration.");

    private static ReadinessItem Unedited(ReadinessFacts facts) => FromGates(facts, "migrations-unedited", "Is every applied migration as it was when it was applied?",
        ["edited-migration"], plan => $"{plan.Status.Count(status => status.State == MigrationState.Applied)} applied files have the checksum that was recorded",
        "Restore the file from version control and put the change into a new migration.");

    private static ReadinessItem Assessed(ReadinessFacts facts) => FromGates(facts, "impact-assessed", "Was the impact of every pending migration assessed and accepted?",
        ["risk"], plan => plan.IsEmpty ? "nothing is pending" : string.Join(", ", plan.Migrations.Select(migration => $"{migration.Id}: {migration.Level}")),
        "Read Get-MigrationRisk; make the migration safer, or accept the rule by name with a reason.");

    private static ReadinessItem WayBack(ReadinessFacts facts) => FromGates(facts, "way-back", "Has every pending migration a way back?",
        ["way-back"], plan => plan.IsEmpty ? "nothing is pending" : string.Join(", ", plan.Migrations.Select(migration => $"{migration.Id}: {migration.WayBack}")),
        "Write a down script, or document the manual way back in the file.");

    private static ReadinessItem Logged(ReadinessFacts facts)
    {
        const string Question = "Did the last migration that was applied leave evidence?";
        if (facts.Migrations is not { } plan)
        {
            return NoPlan(facts, "runs-logged", Question);
        }

        MigrationStatus? last = plan.Status.Where(status => status.AppliedAt is not null).MaxBy(status => status.AppliedAt);
        LoggedRun? run = last is null ? null : facts.Runs.Where(logged => logged.Migrations.Contains(last.Id)).MaxBy(logged => logged.LastAt);
        return Line(facts, "runs-logged", Question, last is null || run is not null,
            last is null ? "no migration was applied yet" : run is null ? $"no evidence of {last.Id}, applied {Ago(facts, last.AppliedAt!.Value)}" : $"{last.Id}: {run.File}",
            "Apply migrations with Invoke-SafeMigration, keep its evidence folder, and name it here.");
    }

    private static ReadinessItem FromGates(ReadinessFacts facts, string item, string question, string[] gates, Func<MigrationPlan, string> fine, string advice)
    {
        if (facts.Migrations is not { } plan)
        {
            return NoPlan(facts, item, question);
        }

        GateResult[] closed = [.. plan.Gates.Where(gate => gates.Contains(gate.Id, StringComparer.Ordinal) && !gate.Passed)];
        return Line(facts, item, question, closed.Length == 0, closed.Length == 0 ? fine(plan) : string.Join(" ", closed.Select(gate => gate.Message)), advice);
    }

    private static ReadinessItem NoPlan(ReadinessFacts facts, string item, string question) =>
        Line(facts, item, question, false, facts.MigrationsProblem ?? "no folder of migrations is configured",
            facts.MigrationsAdvice ?? "Name the folder with -Path or as migrations of the database in safedb.json.");
}
