using System.Text;

namespace SafeDb.Migration.Plan;

/// <summary>A plan in words: one sentence for a confirmation, and every gate for a dry run.</summary>
public static class MigrationPlanText
{
    /// <summary>What a run of the plan would do, with what the rehearsal measured when there was one.</summary>
    public static string Of(MigrationPlan plan, RehearsalReport? rehearsal = null)
    {
        bool down = plan.Direction == MigrationPlan.Down;
        if (plan.Interrupted is { } interrupted && down)
        {
            return $"Take back the interrupted run on {plan.Database} ({interrupted})";
        }

        if (plan.Runner && !down)
        {
            return Closed(plan, $"Run the runner on a restored copy and then on {plan.Database}") + Measured(rehearsal, rehearsal?.DataChanges.Sum(change => Math.Abs(change.RowsAfter - change.RowsBefore) + change.RowsGone));
        }

        if (plan.IsEmpty)
        {
            return down ? $"Nothing to take back on {plan.Database}" : $"Nothing to apply to {plan.Database}";
        }

        string names = string.Join(", ", plan.Migrations.Select(migration => migration.Id));
        string count = $"{Counted.Of(plan.Migrations.Count, "migration")} ({names})";
        string text = down ? $"Take back {count} on {plan.Database}" : $"Apply {count} to {plan.Database}";
        return Closed(plan, text) + Measured(rehearsal, rehearsal?.Migrations.Sum(step => step.RowsAffected));
    }

    /// <summary>Every gate with its answer, one a line.</summary>
    public static string Gates(MigrationPlan plan)
    {
        var text = new StringBuilder();
        int width = plan.Gates.Select(gate => gate.Id.Length).DefaultIfEmpty(0).Max();
        foreach (GateResult gate in plan.Gates)
        {
            text.Append("  ").Append(gate.Id.PadRight(width)).Append("  ").Append(gate.Say()).Append(": ").Append((gate.Error?.Message ?? gate.Message).ReplaceLineEndings("\n" + new string(' ', width + 4))).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>That a dry run wrote no plan; nothing where none was to be written.</summary>
    public static string Unwritten(string? file) => file is null ? "" : $"; the plan is not written to {file}, because a dry run writes nothing";

    private static string Closed(MigrationPlan plan, string text)
    {
        string[] closed = [.. plan.ClosedGates().Select(gate => gate.Id)];
        return closed.Length > 0 ? $"{text}; closed gates: {string.Join(", ", closed)}" : text;
    }

    private static string Measured(RehearsalReport? rehearsal, long? rows) =>
        rehearsal is null ? "" : $"; the rehearsal took {rehearsal.Duration.TotalSeconds:0.0} s and changed {Counted.Of(rows ?? 0, "row")}";

    /// <summary>What a baseline would record.</summary>
    public static string OfBaseline(IReadOnlyList<MigrationScript> scripts, string database) => scripts.Count == 0
        ? $"Nothing to record in {database}"
        : $"Record {string.Join(", ", scripts.Select(script => script.Id))} as applied in {database} without running them, after proof that its schema is what they lead to";
}
