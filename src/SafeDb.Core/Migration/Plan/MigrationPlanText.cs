namespace SafeDb.Migration.Plan;

/// <summary>A plan in one sentence, for a confirmation.</summary>
public static class MigrationPlanText
{
    /// <summary>What a run of the plan would do, with what the rehearsal measured when there was one.</summary>
    public static string Of(MigrationPlan plan, RehearsalReport? rehearsal = null)
    {
        if (plan.IsEmpty)
        {
            return $"Nothing to apply to {plan.Database}";
        }

        string names = string.Join(", ", plan.Migrations.Select(migration => migration.Id));
        string text = $"Apply {plan.Migrations.Count} {(plan.Migrations.Count == 1 ? "migration" : "migrations")} ({names}) to {plan.Database}";
        string[] closed = [.. plan.Gates.Where(gate => !gate.Passed).Select(gate => gate.Id)];
        if (closed.Length > 0)
        {
            text += $"; closed gates: {string.Join(", ", closed)}";
        }

        return rehearsal is null
            ? text
            : $"{text}; the rehearsal took {rehearsal.Duration.TotalSeconds:0.0} s and changed {rehearsal.Migrations.Sum(step => step.RowsAffected)} rows";
    }

    /// <summary>What an undo would take back; without scripts only an interrupted run, if there is one.</summary>
    public static string OfUndo(IReadOnlyList<MigrationScript> scripts, string database) => scripts.Count == 0
        ? $"Take back an interrupted run on {database}, if there is one; no applied migration is to be taken back"
        : $"Take back {string.Join(", ", scripts.Select(script => script.Id))} on {database}";

    /// <summary>What a baseline would record.</summary>
    public static string OfBaseline(IReadOnlyList<MigrationScript> scripts, string database) => scripts.Count == 0
        ? $"Nothing to record in {database}"
        : $"Record {string.Join(", ", scripts.Select(script => script.Id))} as applied in {database} without running them, after proof that its schema is what they lead to";
}
