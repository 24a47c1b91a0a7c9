using System.Globalization;

namespace SafeDb.Evidence;

/// <summary>What both reports say.</summary>
internal static class ReportFacts
{
    public static IReadOnlyList<(string Name, string Value)> Summary(MigrationRun run) =>
    [
        ("Database", run.Database), ("Engine", run.Engine.ToString()), ("Format", run.Format), ("Outcome", Ended(run)),
        ("Began", run.StartedAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)), ("Took", Time(run.Duration)), ("Approved by", run.ApprovedBy ?? "not said"),
        ("Allowed", Allowed(run)), ("Backup", run.Backup ?? "none"), ("Schema before", run.SchemaBefore ?? "not read"), ("Schema after", run.SchemaAfter ?? "not read"),
        ("Way back used", run.WayBack is null ? "none was needed" : $"{run.WayBack.Way} in {Time(run.WayBack.Duration)}: {run.WayBack.Cost}"),
        ("Error", run.Error is null ? "none" : $"{run.Error.Id}: {Sentences.WithAdvice(run.Error)}"), ("Warnings", run.Warnings.Count == 0 ? "none" : string.Join(" ", run.Warnings)),
    ];

    /// <summary>How the run ended, with the way back that led there: a restore costs what others wrote meanwhile, which a down script does not.</summary>
    public static string Ended(MigrationRun run) => run.WayBack is null ? run.Outcome.ToString() : $"{run.Outcome} by {run.WayBack.Way}";

    private static string Lost(RehearsalReport rehearsal)
    {
        long values = rehearsal.Losses.Sum(loss => loss.ValuesLost);
        return $"{Number(values)} {Counted.Noun(values, "value")}";
    }

    private static string Allowed(MigrationRun run)
    {
        string[] allowed = [.. run.Gates.Where(gate => gate.Allowed).Select(gate => gate.Id)];
        return allowed.Length == 0 ? "nothing" : string.Join(", ", allowed);
    }

    public static IReadOnlyList<(string Name, string Value)> Checklist(MigrationRun run) =>
    [
        ("Is there a backup from before the migration?", run.Backup is null ? "no" : $"yes, of {run.BackupTime?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}"),
        ("Is the migration versioned and reproducible?", run.Format.Length == 0 ? "not known" : $"yes, {run.Format} files with checksums" + (run.Rehearsal is { Passed: true } ? ", rehearsed" : "")),
        ("Is the effect on data known?", run.Rehearsal is null ? "no, it was not rehearsed"
            : run.Rehearsal.Error is not null ? "no, the rehearsal failed"
            : run.Rehearsal.DataChanges.Count == 0 ? "yes: no existing row changed"
            : $"yes: rows of {string.Join(", ", run.Rehearsal.DataChanges.Select(change => change.Table))} changed, {Lost(run.Rehearsal)} lost"),
        ("Is there a way back?", run.Gates.FirstOrDefault(gate => gate.Id == "way-back")?.Message ?? (run.Backup is null ? "not judged" : "the backup")),
        ("Was the backup proved by a restore?", run.Backup is null ? "no" : "yes"),
        ("Was the restore tried?", run.Rehearsal is null ? "see the backup's evidence" : "yes, and the migration ran on the restored copy"),
        ("Are the changes logged?", "yes, in this report and the JSON lines beside it"),
    ];

    public static readonly string[] StatementHeader = ["Migration", "Direction", "Line", "Statement", "Rows", "Time", "Log"];

    public static IEnumerable<string[]> Statements(IEnumerable<MigrationStep> steps) => steps.SelectMany(step => step.Statements.Select(statement => new[]
    {
        step.Id, step.Direction, statement.Line.ToString(CultureInfo.InvariantCulture), statement.Preview + Remarks(statement), statement.RowsAffected < 0 ? "" : Number(statement.RowsAffected),
        Time(statement.Elapsed), statement.LogBytes is { } bytes ? Size(bytes) : "",
    }));

    public static string[] Probe(ProbeResult probe)
    {
        static string Measured(TimeSpan time, double? cost) => cost is null ? Time(time) : string.Create(CultureInfo.InvariantCulture, $"{Time(time)}, cost {cost:0.##}");
        return
        [
            probe.Query, Measured(probe.Before, probe.CostBefore), Measured(probe.After, probe.CostAfter) + (probe.Slower ? " (slower)" : ""),
            probe.PlanBefore == probe.PlanAfter ? probe.PlanAfter : $"{probe.PlanBefore} → {probe.PlanAfter}",
        ];
    }

    public static string Number(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Time(TimeSpan time) => time.TotalSeconds < 1 ? time.TotalMilliseconds.ToString("0.0 'ms'", CultureInfo.InvariantCulture)
        : time.TotalMinutes < 2 ? time.TotalSeconds.ToString("0.00 's'", CultureInfo.InvariantCulture)
        : time.ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes < 1024 ? $"{bytes} B" : bytes < 1024 * 1024 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB");

    private static string Remarks(StatementResult statement)
    {
        var remarks = new List<string>();
        if (statement.Rewrites.Count > 0)
        {
            remarks.Add($"rewrites {string.Join(", ", statement.Rewrites)}");
        }

        if (statement.Batches > 0)
        {
            remarks.Add(Counted.Of(statement.Batches, "batch", "batches"));
        }

        if (statement.Attempts > 1)
        {
            remarks.Add(Counted.Of(statement.Attempts, "attempt"));
        }

        return remarks.Count == 0 ? "" : $" ({string.Join("; ", remarks)})";
    }
}
