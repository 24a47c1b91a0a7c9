using SafeDb.Configuration;

using static SafeDb.Readiness.ReadinessJudge;

namespace SafeDb.Readiness;

/// <summary>The lines about how the database is operated.</summary>
internal static class OperationChecks
{
    // Less than a few sentences is a placeholder, not a procedure.
    private const int ShortestDocument = 200;

    public static IEnumerable<ReadinessItem> Of(ReadinessFacts facts) => [Documented(facts), Alive(facts)];

    private static ReadinessItem Documented(ReadinessFacts facts) => Line(
        facts, "restore-documented", "Is it written down how to restore?", facts.RestoreDocument is { Characters: >= ShortestDocument },
        facts.RestoreDocument switch
        {
            null => "no document is named",
            { Characters: 0 } document => $"{document.Path} does not exist",
            { Characters: < ShortestDocument } document => $"{document.Path} holds only {document.Characters} characters",
            { } document => document.Path,
        },
        "Write down who restores, from where, with which key and how long it takes (docs/runbooks.md is a start), and name the file as restoreDocument of the database in safedb.json.");

    private static ReadinessItem Alive(ReadinessFacts facts)
    {
        const string Question = "Do the scheduled backups really run?";
        const string Advice = "Look at the schedule's own log, run the nightly runbook by hand, and register it again with Register-SafeDbSchedule.";
        TimeSpan limit = facts.Policy.MaxBackupAge;

        // What a scheduler of this machine knows comes first: a schedule that is switched off, or whose daemon is down, is dead before its last heartbeat is too old.
        if (facts.Schedules.FirstOrDefault(schedule => schedule.Alive == false) is { } dead)
        {
            return Line(facts, "schedule-alive", Question, false, $"{dead.Name} ({dead.Platform}, {dead.When}): {dead.Evidence}", Advice);
        }

        if (facts.Heartbeats.MaxBy(beat => beat.FinishedAt) is { } last)
        {
            // A drill that ran must not hide a nightly backup that failed: the last word of every schedule counts.
            Heartbeat shown = facts.Heartbeats.GroupBy(beat => beat.Name, StringComparer.Ordinal).Select(beats => beats.MaxBy(beat => beat.FinishedAt)!).FirstOrDefault(beat => !beat.Succeeded) ?? last;
            if (shown.Succeeded && facts.Schedules.FirstOrDefault(schedule => schedule is { Task: ScheduledTask.NightlyBackup, Alive: true }) is { } running)
            {
                return Line(facts, "schedule-alive", Question, true, $"{running.Name} ({running.Platform}, {running.When}): {running.Evidence}", Advice);
            }

            bool alive = shown.Succeeded && facts.Now - last.FinishedAt <= limit;
            return Line(facts, "schedule-alive", Question, alive,
                $"{shown.Name} {(shown.Succeeded ? "succeeded" : $"failed ({shown.Message})")} {Ago(facts, shown.FinishedAt)} (limit {Duration.Format(limit)})", Advice);
        }

        // A sandbox keeps no file: then the archives themselves must show the rhythm.
        DateTimeOffset[] times = [.. facts.Backups.Where(backup => backup.Coverage != Archive.ArchiveExtent.Filtered).Select(backup => backup.CreatedAt).OfType<DateTimeOffset>().OrderDescending().Take(3)];
        bool regular = times.Length >= 2 && facts.Now - times[0] <= limit && Gaps(times).All(gap => gap <= limit);
        return Line(facts, "schedule-alive", Question, regular,
            regular ? $"no heartbeat is recorded, but the last {times.Length} backups are at most {Duration.Format(limit)} apart" : times.Length == 0 && UnopenedArchives.Of(facts).Length > 0 ? "no heartbeat is recorded, and no archive could be opened to show a rhythm"
                : "no heartbeat is recorded, and the archives show no regular rhythm", Advice);
    }

    private static IEnumerable<TimeSpan> Gaps(DateTimeOffset[] newestFirst) => newestFirst.Zip(newestFirst.Skip(1), (later, earlier) => later - earlier);
}
