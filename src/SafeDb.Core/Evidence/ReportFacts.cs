using System.Globalization;

namespace SafeDb.Evidence;

/// <summary>What both reports say.</summary>
internal static class ReportFacts
{
    public static IReadOnlyList<(string Name, string Value)> Summary(MigrationRun run) =>
    [
        ("Database", run.Database), ("Engine", run.Engine.ToString()), ("Format", run.Format), ("Outcome", run.Outcome.ToString()),
        ("Began", run.StartedAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)), ("Took", Time(run.Duration)), ("Approved by", run.ApprovedBy ?? "not said"),
        ("Backup", run.Backup ?? "none"), ("Schema before", run.SchemaBefore ?? "not read"), ("Schema after", run.SchemaAfter ?? "not read"),
        ("Way back used", run.WayBack is null ? "none was needed" : $"{run.WayBack.Way} in {Time(run.WayBack.Duration)}: {run.WayBack.Cost}"),
        ("Error", run.Error is null ? "none" : $"{run.Error.Id}: {run.Error.Message} {run.Error.RecommendedAction}"), ("Warnings", run.Warnings.Count == 0 ? "none" : string.Join(" ", run.Warnings)),
    ];

    public static IReadOnlyList<(string Name, string Value)> Checklist(MigrationRun run) =>
    [
        ("Is there a backup from before the migration?", run.Backup is null ? "no" : $"yes, of {run.BackupTime?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)}"),
        ("Is the migration versioned and reproducible?", run.Format.Length == 0 ? "not known" : $"yes, {run.Format} files with checksums" + (run.Rehearsal is { Passed: true } ? ", rehearsed" : "")),
        ("Is the effect on data known?", run.Rehearsal is null ? "no, it was not rehearsed"
            : run.Rehearsal.DataChanges.Count == 0 ? "yes: no existing row changed" : $"yes: rows of {run.Rehearsal.DataChanges.Count} tables changed"),
        ("Is there a way back?", run.Gates.FirstOrDefault(gate => gate.Id == "way-back")?.Message ?? "not judged"),
        ("Was the backup proved by a restore?", run.Backup is null ? "no" : "yes"),
        ("Was the restore tried?", run.Rehearsal is null ? "see the backup's evidence" : "yes, and the migration ran on the restored copy"),
        ("Are the changes logged?", "yes, in this report and the JSON lines beside it"),
    ];

    public static IEnumerable<string[]> Statements(IEnumerable<MigrationStep> steps) => steps.SelectMany(step => step.Statements.Select(statement => new[]
    {
        step.Id, step.Direction, statement.Line.ToString(CultureInfo.InvariantCulture), statement.Preview + (statement.Rewrites.Count == 0 ? "" : $" (rewrites {string.Join(", ", statement.Rewrites)})"),
        statement.RowsAffected < 0 ? "" : statement.RowsAffected.ToString(CultureInfo.InvariantCulture), Time(statement.Elapsed),
    }));

    public static string Time(TimeSpan time) => time.TotalSeconds < 1 ? time.TotalMilliseconds.ToString("0.0 'ms'", CultureInfo.InvariantCulture) : time.TotalSeconds.ToString("0.00 's'", CultureInfo.InvariantCulture);
}
