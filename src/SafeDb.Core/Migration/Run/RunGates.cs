using SafeDb.Migration.Plan;

namespace SafeDb.Migration.Run;

/// <summary>The gates that need the backup and the rehearsal.</summary>
internal static class RunGates
{
    public const string Backup = "no-backup";
    public const string Rehearsed = "rehearsal";
    public const string DataLoss = "data-loss";
    public const string RoundTrip = "down-differs";

    /// <summary>What can be said of these gates before anything was done: for a dry run.</summary>
    public static IEnumerable<GateResult> Foreseen(bool backupPossible, MigrationPlan plan, MigrationCommand command)
    {
        if (plan.IsEmpty)
        {
            return [];
        }

        IEnumerable<string> allowed = plan.Runner ? [] : command.Allowed;
        GateResult backup = backupPossible
            ? GateResult.NotJudged(Backup, "a backup is taken and proved by a restore when the plan runs")
            : GateResult.Closed(Backup, MigrationErrors.NoBackup.Error(), allowed);
        string later = !backupPossible ? "there is no restored copy to rehearse on"
            : command.Policy.RequireRehearsal || plan.Runner ? "the rehearsal on the restored copy will tell"
            : "the policy asks for no rehearsal";
        return [backup, .. new[] { Rehearsed, DataLoss, RoundTrip }.Select(id => GateResult.NotJudged(id, later))];
    }

    /// <summary>The gates that were not reached, because the run ended before.</summary>
    public static IEnumerable<GateResult> NotReached(IEnumerable<GateResult> judged, string why)
    {
        var known = judged.Select(gate => gate.Id).ToHashSet(StringComparer.Ordinal);
        return new[] { Backup, Rehearsed, DataLoss, RoundTrip }.Where(id => !known.Contains(id)).Select(id => GateResult.NotJudged(id, why));
    }

    public static IEnumerable<GateResult> OfRehearsal(RehearsalReport report, bool down, MigrationCommand command)
    {
        CheckResult[] broken = [.. report.Checks.Where(check => check is { Passed: false, When: "rehearsal" })];
        string? why = report.Error?.Message ?? (broken.Length > 0 ? string.Join("; ", broken.Select(check => $"{check.Name}: {check.Message}")) : null);
        yield return why is null ? GateResult.Open(Rehearsed, "the rehearsal passed") : GateResult.Closed(Rehearsed, MigrationErrors.RehearsalFailed.Error(why), []);
        if (report.Error is not null)
        {
            foreach (string id in new[] { DataLoss, RoundTrip })
            {
                yield return GateResult.NotJudged(id, "the rehearsal did not come to its end");
            }

            yield break;
        }

        yield return report.Losses.Count == 0
            ? GateResult.Open(DataLoss, "the rehearsal lost no value")
            : GateResult.Closed(DataLoss, MigrationErrors.DataLoss.Error(string.Join("; ", report.Losses.Select(DataLossText.Of))), command.Allowed);
        yield return RoundTripOf(report, down, command.Runner is not null, command);
    }

    /// <summary>Without a rehearsal nobody knows what the down scripts would lose, so a loss counts as possible.</summary>
    public static GateResult UnmeasuredUndo(PlanningResult planning, MigrationCommand command)
    {
        string[] possible = [.. planning.Plan.Migrations.Where(migration => migration.Hazards.Any(hazard => hazard.MayLoseData)).Select(migration => migration.Id)];
        return possible.Length == 0
            ? GateResult.Open(DataLoss, "no statement of the down scripts takes rows or columns away")
            : GateResult.Closed(DataLoss, MigrationErrors.UndoUnmeasured.Error(string.Join(", ", possible)), command.Allowed);
    }

    private static GateResult RoundTripOf(RehearsalReport report, bool down, bool runner, MigrationCommand command) => report.DownRestores switch
    {
        null => GateResult.NotJudged(RoundTrip, runner ? "a runner has no down script" : "not every migration has a down script"),
        true => GateResult.Open(RoundTrip, down ? "after down and up again the schema was the one of now" : "the down scripts restored schema and rows"),
        _ => GateResult.Closed(RoundTrip, MigrationErrors.DownDiffers.Error(string.Join("; ", report.DownDifferences)), command.Allowed),
    };
}
