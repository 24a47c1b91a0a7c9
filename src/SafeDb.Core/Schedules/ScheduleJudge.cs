using SafeDb.Configuration;
using SafeDb.Readiness;

namespace SafeDb.Schedules;

/// <summary>Says whether a schedule really runs. Pure: from what the platform says, what the runs left, and which archives there are.</summary>
public static class ScheduleJudge
{
    /// <summary>Judges one schedule.</summary>
    /// <param name="platform">What keeps it.</param>
    /// <param name="kept">What the platform says.</param>
    /// <param name="heartbeats">What runs left in the evidence folder.</param>
    /// <param name="newestBackup">When the newest archive was taken; null when that is not known or not asked.</param>
    /// <param name="now">The time.</param>
    public static ScheduleInfo Judge(SchedulePlatform platform, KeptSchedule kept, IReadOnlyList<Heartbeat> heartbeats, DateTimeOffset? newestBackup, DateTimeOffset now)
    {
        ScheduleEntry entry = kept.Entry;
        Heartbeat? beat = heartbeats.Where(beat => beat.Name == entry.Heartbeat).MaxBy(beat => beat.FinishedAt);
        (bool? alive, string why) = Verdict(kept, beat, newestBackup, now);
        return new ScheduleInfo(entry.Name, entry.Task, entry.Database, platform)
        {
            When = entry.When, Alive = alive, Evidence = why, State = kept.State, NextRunAt = kept.NextRunAt, Definition = kept.Definition, EvidencePath = entry.EvidencePath,
            LastRunAt = beat?.FinishedAt ?? kept.LastRunAt, LastSucceeded = beat?.Succeeded ?? kept.LastSucceeded, LastBackupAt = newestBackup,
        };
    }

    private static (bool? Alive, string Why) Verdict(KeptSchedule kept, Heartbeat? beat, DateTimeOffset? newestBackup, DateTimeOffset now)
    {
        ScheduleEntry entry = kept.Entry;
        string limit = Duration.Format(entry.Limit);
        if (!kept.Working)
        {
            return (false, kept.State);
        }

        // The platform saw a run fail after the last one that could still say something of itself.
        if (kept is { LastSucceeded: false, LastRunAt: { } failedAt } && failedAt > (beat?.FinishedAt ?? DateTimeOffset.MinValue).AddMinutes(5))
        {
            return (false, $"{kept.State}, {ReadinessJudge.Ago(now, failedAt)}");
        }

        return beat switch
        {
            null when now - entry.RegisteredAt <= entry.Limit => (null, $"not due yet: registered {ReadinessJudge.Ago(now, entry.RegisteredAt)} (limit {limit})"),
            null => (false, $"no run left evidence in {entry.EvidencePath} since it was registered {ReadinessJudge.Ago(now, entry.RegisteredAt)} (limit {limit})"),
            { Succeeded: false } => (false, $"the last run failed {ReadinessJudge.Ago(now, beat.FinishedAt)}: {beat.Message}"),
            _ when now - beat.FinishedAt > entry.Limit => (false, $"the last run was {ReadinessJudge.Ago(now, beat.FinishedAt)} (limit {limit})"),
            _ when entry.Task == ScheduledTask.NightlyBackup && newestBackup is { } backup && now - backup > entry.Limit =>
                (false, $"the last run says that it succeeded, but the newest archive was taken {ReadinessJudge.Ago(now, backup)} (limit {limit})"),
            _ => (true, $"succeeded {ReadinessJudge.Ago(now, beat.FinishedAt)}{(newestBackup is { } archive ? $"; newest archive {ReadinessJudge.Ago(now, archive)}" : string.Empty)}"),
        };
    }
}
