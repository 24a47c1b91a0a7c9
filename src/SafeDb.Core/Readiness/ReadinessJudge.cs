using SafeDb.Configuration;

namespace SafeDb.Readiness;

/// <summary>Answers the checklist from facts. Pure: the same facts always give the same answers.</summary>
public static class ReadinessJudge
{
    /// <summary>Every line of the checklist, in its order.</summary>
    public static IReadOnlyList<ReadinessItem> Judge(ReadinessFacts facts) =>
        [.. BackupChecks.Of(facts).Concat(MigrationChecklist.Of(facts)).Concat(OperationChecks.Of(facts))];

    /// <summary>Whether the policy's verdict is: ready.</summary>
    public static bool IsReady(IEnumerable<ReadinessItem> items) => items.All(item => item.Passed);

    internal static ReadinessItem Line(ReadinessFacts facts, string item, string question, bool passed, string evidence, string advice) =>
        new(item, question, passed, evidence, facts.Now) { Advice = passed ? null : advice };

    internal static string Ago(ReadinessFacts facts, DateTimeOffset time) => Ago(facts.Now, time);

    internal static string Ago(DateTimeOffset now, DateTimeOffset time)
    {
        TimeSpan age = now - time;
        return age < TimeSpan.FromMinutes(1) ? "just now" : Duration.Format(TimeSpan.FromMinutes(Math.Floor(age.TotalMinutes))) + " ago";
    }
}
