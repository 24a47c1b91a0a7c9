using System.Globalization;

using SafeDb.Configuration;

namespace SafeDb.Retention;

/// <summary>
/// Decides which archives stay. Pure: the same archives and rules always give the same decisions, whatever the time of the call.
/// Buckets work as in restic: from the newest archive back, an archive is kept when it is the first of its hour, day, week, month or year and that bucket still has a count left;
/// empty days use up no count. The buckets are ORed. Beyond restic: the newest archive whose drill passed is never removed, nor one under hold, nor one whose manifest could not
/// be authenticated (its time cannot be trusted, and it may be somebody else's), and never so many that fewer than the minimum stay. Archives that were taken with filters are counted
/// apart, those with the same filters together, and so are those that could not cover everything: they never stand for a full backup, nor take a place from one.
/// </summary>
public static class RetentionPlanner
{
    private static readonly (string Name, Func<RetentionSettings, int> Count, Func<DateTimeOffset, string> Bucket)[] Buckets =
    [
        ("hourly", settings => settings.Hourly, time => time.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture)),
        ("daily", settings => settings.Daily, time => time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture)),
        ("weekly", settings => settings.Weekly, time => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(time.UtcDateTime)}W{ISOWeek.GetWeekOfYear(time.UtcDateTime):00}")),
        ("monthly", settings => settings.Monthly, time => time.UtcDateTime.ToString("yyyyMM", CultureInfo.InvariantCulture)),
        ("yearly", settings => settings.Yearly, time => time.UtcDateTime.ToString("yyyy", CultureInfo.InvariantCulture)),
    ];

    /// <summary>Decides about every archive, database by database and in each the full ones before each kind of others, newest first.</summary>
    public static IReadOnlyList<RetentionDecision> Plan(IEnumerable<RetentionCandidate> candidates, RetentionSettings settings)
    {
        Check(settings);
        return [.. candidates
            .GroupBy(candidate => (candidate.Database, candidate.Apart))
            .OrderBy(group => group.Key.Database, StringComparer.Ordinal).ThenBy(group => group.Key.Apart, StringComparer.Ordinal)
            .SelectMany(group => PlanSeries([.. group.Where(candidate => candidate.Time is not null).OrderByDescending(candidate => candidate.Time).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)], settings)
                .Concat(group.Where(candidate => candidate.Time is null).Select(candidate => new RetentionDecision(candidate, true, candidate.Held ? [UnknownReason(candidate), HoldReason(candidate.HeldBy)] : [UnknownReason(candidate)]))))];
    }

    private static IEnumerable<RetentionDecision> PlanSeries(RetentionCandidate[] newestFirst, RetentionSettings settings)
    {
        var reasons = new Dictionary<RetentionCandidate, List<string>>(ReferenceEqualityComparer.Instance);
        foreach (RetentionCandidate candidate in newestFirst)
        {
            reasons.Add(candidate, []);
        }

        void Keep(RetentionCandidate candidate, string reason) => reasons[candidate].Add(reason);

        for (int i = 0; i < Math.Min(settings.Last, newestFirst.Length); i++)
        {
            Keep(newestFirst[i], $"last {i + 1}");
        }

        foreach ((string name, Func<RetentionSettings, int> count, Func<DateTimeOffset, string> bucket) in Buckets)
        {
            string? previous = null;
            int used = 0;
            foreach (RetentionCandidate candidate in newestFirst)
            {
                string current = bucket(candidate.Time!.Value);
                if (used < count(settings) && current != previous)
                {
                    Keep(candidate, $"{name} {++used}");
                    previous = current;
                }
            }
        }

        foreach (RetentionCandidate candidate in newestFirst.Where(candidate => settings.Within > TimeSpan.Zero && newestFirst[0].Time - candidate.Time <= settings.Within))
        {
            Keep(candidate, $"within {Duration.Format(settings.Within)}");
        }

        if (newestFirst.FirstOrDefault(candidate => candidate.Verified) is { } verified)
        {
            Keep(verified, "last verified");
        }

        foreach (RetentionCandidate candidate in newestFirst.Where(candidate => candidate.Held))
        {
            Keep(candidate, HoldReason(candidate.HeldBy));
        }

        int kept = reasons.Values.Count(list => list.Count > 0);
        foreach (RetentionCandidate candidate in newestFirst.Where(candidate => reasons[candidate].Count == 0).Take(Math.Max(0, settings.Minimum - kept)))
        {
            Keep(candidate, $"minimum {settings.Minimum}");
        }

        return newestFirst.Select(candidate => reasons[candidate] is { Count: > 0 } why
            ? new RetentionDecision(candidate, true, why)
            : new RetentionDecision(candidate, false, ["no rule keeps it"]));
    }

    /// <summary>The reason of an archive that its store protects.</summary>
    internal static string HoldReason(string? heldBy) => heldBy is null ? "under hold" : $"under hold ({heldBy})";

    private static string UnknownReason(RetentionCandidate candidate) => $"its manifest could not be authenticated{(candidate.Problem is { } problem ? $" ({problem.TrimEnd('.')})" : string.Empty)}";

    private static void Check(RetentionSettings settings)
    {
        int[] counts = [settings.Last, settings.Hourly, settings.Daily, settings.Weekly, settings.Monthly, settings.Yearly];
        if (counts.Any(count => count < 0) || settings.Minimum < 0 || settings.Within < TimeSpan.Zero)
        {
            throw RetentionErrors.Negative.Exception();
        }

        if (counts.All(count => count == 0) && settings.Within == TimeSpan.Zero)
        {
            throw RetentionErrors.NothingKept.Exception();
        }
    }
}
