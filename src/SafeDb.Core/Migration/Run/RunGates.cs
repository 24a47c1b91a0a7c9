using SafeDb.Migration.Plan;

namespace SafeDb.Migration.Run;

/// <summary>The gates that need the backup and the rehearsal.</summary>
internal static class RunGates
{
    public static IEnumerable<GateResult> OfRehearsal(RehearsalReport report, MigrationCommand command)
    {
        CheckResult[] broken = [.. report.Checks.Where(check => !check.Passed)];
        string? why = report.Error?.Message ?? (broken.Length > 0 ? string.Join("; ", broken.Select(check => $"{check.Name}: {check.Message}")) : null);
        yield return why is null ? GateResult.Open("rehearsal", "the rehearsal passed") : GateResult.Closed("rehearsal", MigrationErrors.RehearsalFailed.Error(why), []);
        TableDataChange[] losses = [.. report.DataChanges.Where(change => change.ValuesLost > 0)];
        yield return losses.Length == 0
            ? GateResult.Open("data-loss", "the rehearsal lost no value")
            : GateResult.Closed("data-loss", MigrationErrors.DataLoss.Error(string.Join("; ", losses.Select(DataLossText.Of))), command.Allowed);
        yield return report.DownRestores != false
            ? GateResult.Open("down-differs", report.DownRestores is null ? "there are no down scripts for every migration" : "the down scripts restored schema and rows")
            : GateResult.Closed("down-differs", MigrationErrors.DownDiffers.Error(string.Join("; ", report.DownDifferences)), command.Allowed);
    }
}
