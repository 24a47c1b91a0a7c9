using System.Globalization;

using FsCheck;
using FsCheck.Fluent;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Retention;

using Xunit;

namespace SafeDb.Core.Tests.Retention;

public sealed class RetentionPlannerTests
{
    private static readonly DateTimeOffset Newest = new(2026, 6, 30, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Five_years_of_daily_backups_thin_out_as_told()
    {
        RetentionCandidate[] daily = [.. Enumerable.Range(0, 5 * 365).Select(day => At(Newest.AddDays(-day)))];

        IReadOnlyList<RetentionDecision> decisions = RetentionPlanner.Plan(daily, new RetentionSettings { Within = TimeSpan.Zero, Daily = 7, Weekly = 4, Monthly = 12, Yearly = 5 });

        string[] kept = [.. decisions.Where(decision => decision.Keep).Select(decision => decision.Candidate.Time!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
        Assert.Equal(
            ["2026-06-30", "2026-06-29", "2026-06-28", "2026-06-27", "2026-06-26", "2026-06-25", "2026-06-24", "2026-06-21", "2026-06-14", "2026-05-31", "2026-04-30", "2026-03-31",
             "2026-02-28", "2026-01-31", "2025-12-31", "2025-11-30", "2025-10-31", "2025-09-30", "2025-08-31", "2025-07-31", "2024-12-31", "2023-12-31", "2022-12-31"], kept);
    }

    [Fact]
    public void The_default_keeps_thirty_days_counted_from_the_newest()
    {
        IReadOnlyList<RetentionDecision> decisions = RetentionPlanner.Plan(Enumerable.Range(0, 60).Select(day => At(Newest.AddDays(-day))), new RetentionSettings());
        Assert.Equal(31, decisions.Count(decision => decision.Keep));
        Assert.All(decisions, decision => Assert.Equal(Newest - decision.Candidate.Time <= TimeSpan.FromDays(30), decision.Keep));
    }

    [Fact]
    public void Many_fake_archives_cannot_push_out_the_verified_one_and_unauthenticated_ones_stay()
    {
        RetentionCandidate verified = At(Newest.AddDays(-400)) with { Verified = true };
        RetentionCandidate unknown = At(Newest) with { Time = null, Name = "stranger" };
        IEnumerable<RetentionCandidate> fakes = Enumerable.Range(0, 500).Select(minute => At(Newest.AddMinutes(minute)));

        IReadOnlyList<RetentionDecision> decisions = RetentionPlanner.Plan(fakes.Append(verified).Append(unknown), new RetentionSettings { Within = TimeSpan.Zero, Last = 2, Minimum = 0 });

        Assert.Contains(decisions, decision => decision.Keep && decision.Candidate == verified && decision.Reasons.Contains("last verified"));
        Assert.Contains(decisions, decision => decision.Keep && decision.Candidate == unknown);
    }

    [Fact]
    public void Archives_taken_with_filters_are_a_series_of_their_own_and_never_stand_for_a_full_one()
    {
        RetentionCandidate full = At(Newest.AddDays(-2)) with { Verified = true };
        RetentionCandidate older = At(Newest.AddDays(-3)) with { Verified = true };
        RetentionCandidate[] schema = [.. Enumerable.Range(0, 3).Select(hour => At(Newest.AddHours(-hour)) with { Verified = true, Apart = "filtered: definitions without rows" })];
        RetentionCandidate some = At(Newest.AddHours(-9)) with { Apart = "filtered: only tables a" };

        IReadOnlyList<RetentionDecision> decisions = RetentionPlanner.Plan([.. schema, some, full, older], new RetentionSettings { Within = TimeSpan.Zero, Last = 1, Minimum = 1 });

        Assert.Equal([full, older, schema[0], schema[1], schema[2], some], decisions.Select(decision => decision.Candidate));
        Assert.Equal([true, false, true, false, false, true], decisions.Select(decision => decision.Keep));
        Assert.Equal(["last 1", "last verified"], decisions[0].Reasons);
    }

    [Fact]
    public void Partial_archives_never_take_the_place_of_a_full_one()
    {
        RetentionCandidate full = At(Newest.AddDays(-2));
        RetentionCandidate[] partial = [.. Enumerable.Range(0, 3).Select(hour => At(Newest.AddHours(-hour)) with { Verified = hour == 1, Apart = "partial" })];
        IReadOnlyList<RetentionDecision> decisions = RetentionPlanner.Plan([.. partial, full], new RetentionSettings { Within = TimeSpan.Zero, Last = 1, Minimum = 1 });
        Assert.Equal([(full, true), (partial[0], true), (partial[1], true), (partial[2], false)], decisions.Select(decision => (decision.Candidate, decision.Keep)));
    }

    [Fact]
    public void What_the_store_protects_stays_and_the_reason_names_the_protection()
    {
        RetentionCandidate held = At(Newest.AddDays(-900)) with { Held = true, HeldBy = "immutable until 2027-01-01 00:00:00Z" };
        RetentionDecision decision = RetentionPlanner.Plan([At(Newest), held], new RetentionSettings { Within = TimeSpan.Zero, Last = 1, Minimum = 0 }).Single(decision => decision.Candidate == held);
        Assert.True(decision.Keep);
        Assert.Equal(["under hold (immutable until 2027-01-01 00:00:00Z)"], decision.Reasons);
    }

    [Fact]
    public void Rules_that_keep_nothing_are_refused()
    {
        Assert.Equal("Retention.NothingKept", Assert.Throws<SafeDbException>(() => RetentionPlanner.Plan([], new RetentionSettings { Within = TimeSpan.Zero })).Id);
        Assert.Equal("Retention.Negative", Assert.Throws<SafeDbException>(() => RetentionPlanner.Plan([], new RetentionSettings { Daily = -1 })).Id);
    }

    [Fact]
    public void Decisions_agree_with_a_plain_reference_for_any_archives_and_rules()
    {
        Gen<RetentionCandidate> candidate =
            from database in Gen.Elements("shop", "crm")
            from hours in Gen.Choose(0, 30_000)
            from verified in Gen.Choose(0, 9)
            from held in Gen.Choose(0, 19)
            from authenticated in Gen.Choose(0, 19)
            from apart in Gen.Elements(null, null, "filtered: definitions without rows", "partial")
            select new RetentionCandidate($"{database}-{hours}", database, authenticated == 0 ? null : Newest.AddHours(-hours), verified == 0, held == 0) { Apart = apart };
        Gen<RetentionSettings> settings =
            from last in Gen.Choose(0, 5)
            from hourly in Gen.Choose(0, 5)
            from daily in Gen.Choose(0, 10)
            from weekly in Gen.Choose(0, 6)
            from monthly in Gen.Choose(0, 6)
            from yearly in Gen.Choose(0, 4)
            from days in Gen.Choose(0, 40)
            from minimum in Gen.Choose(0, 5)
            select new RetentionSettings { Last = last, Hourly = hourly, Daily = daily, Weekly = weekly, Monthly = monthly, Yearly = yearly, Within = TimeSpan.FromDays(days), Minimum = minimum };
        var cases = from list in candidate.ListOf() from rules in settings select (list.DistinctBy(item => item.Name).ToArray(), rules);

        Prop.ForAll(Arb.From(cases), item =>
        {
            (RetentionCandidate[] candidates, RetentionSettings rules) = item;
            if (rules is { Last: 0, Hourly: 0, Daily: 0, Weekly: 0, Monthly: 0, Yearly: 0 } && rules.Within == TimeSpan.Zero)
            {
                return true;
            }

            IReadOnlyList<RetentionDecision> decisions = RetentionPlanner.Plan(candidates, rules);
            HashSet<string> expected = PlainReference.Kept(candidates, rules);
            return decisions.Count == candidates.Length
                && decisions.All(decision => decision.Reasons.Count > 0)
                && decisions.Where(decision => decision.Keep).Select(decision => decision.Candidate.Name).ToHashSet().SetEquals(expected);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    private static RetentionCandidate At(DateTimeOffset time) => new($"shop-{time:yyyyMMddHHmm}", "shop", time, false, false);

    /// <summary>The rules again, as literally as they can be said: slow, and with nothing shared with the product.</summary>
    private static class PlainReference
    {
        private static string Series(RetentionCandidate item) => $"{item.Database}/{item.Apart}";

        public static HashSet<string> Kept(RetentionCandidate[] all, RetentionSettings rules)
        {
            var kept = new HashSet<string>();
            foreach (string database in all.Select(Series).Distinct())
            {
                RetentionCandidate[] sorted = [.. all.Where(item => Series(item) == database && item.Time != null).OrderByDescending(item => item.Time).ThenBy(item => item.Name, StringComparer.Ordinal)];
                var here = new HashSet<string>();
                here.UnionWith(sorted.Take(rules.Last).Select(item => item.Name));
                here.UnionWith(FirstOfEach(sorted, rules.Hourly, time => time.ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture)));
                here.UnionWith(FirstOfEach(sorted, rules.Daily, time => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
                here.UnionWith(FirstOfEach(sorted, rules.Weekly, time => time.Date.AddDays(-(((int)time.DayOfWeek + 6) % 7)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
                here.UnionWith(FirstOfEach(sorted, rules.Monthly, time => time.ToString("yyyy-MM", CultureInfo.InvariantCulture)));
                here.UnionWith(FirstOfEach(sorted, rules.Yearly, time => time.ToString("yyyy", CultureInfo.InvariantCulture)));
                if (rules.Within > TimeSpan.Zero && sorted.Length > 0)
                {
                    here.UnionWith(sorted.Where(item => item.Time >= sorted[0].Time - rules.Within).Select(item => item.Name));
                }

                here.UnionWith(sorted.Where(item => item.Verified).Take(1).Select(item => item.Name));
                here.UnionWith(sorted.Where(item => item.Held).Select(item => item.Name));
                foreach (RetentionCandidate item in sorted)
                {
                    if (here.Count < rules.Minimum)
                    {
                        here.Add(item.Name);
                    }
                }

                kept.UnionWith(here);
                kept.UnionWith(all.Where(item => Series(item) == database && item.Time == null).Select(item => item.Name));
            }

            return kept;
        }

        private static IEnumerable<string> FirstOfEach(RetentionCandidate[] newestFirst, int count, Func<DateTime, string> period) =>
            newestFirst.GroupBy(item => period(item.Time!.Value.UtcDateTime)).Take(count).Select(group => group.First().Name);
    }
}
