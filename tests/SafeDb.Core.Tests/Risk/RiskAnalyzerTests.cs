using SafeDb.Addresses;
using SafeDb.Risk;
using SafeDb.Risk.Rules;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Core.Tests.Risk;

public sealed class RiskAnalyzerTests
{
    [Theory]
    [InlineData("drop orders", "drop-table-loses-data", "destructive-without-transition")]
    [InlineData("-- safedb:transition nothing reads it since 41\ndrop orders", "drop-table-loses-data")]
    [InlineData("dropcolumn orders note_deprecated")]
    [InlineData("dropcolumn orders note", "destructive-without-transition")]
    [InlineData("dropdatabase shop", "database-reset")]
    [InlineData("drop a_old\ndrop b_old\ndrop c_old", "database-reset", "drop-table-loses-data", "several-logical-changes")]
    [InlineData("rename orders purchases", "rename-without-copy")]
    [InlineData("rename orders purchases\ncreate orders")]
    [InlineData("update orders", "unbounded-update")]
    [InlineData("update orders where")]
    [InlineData("-- safedb:batch\nupdate orders")]
    [InlineData("delete orders", "unbounded-delete")]
    [InlineData("delete orders new")]
    [InlineData("add orders\nupdate orders where", "schema-and-data-mixed")]
    [InlineData("create orders new\nupdate orders where new")]
    [InlineData("dropcolumn a x_old\ndropcolumn b y_old", "several-logical-changes")]
    [InlineData("unknown", "statement-not-analysed")]
    public void The_general_rules_find_what_the_policy_asks_for(string sql, params string[] rules) =>
        Assert.Equal(rules.Order(StringComparer.Ordinal), Rules(Analyse("timeout\n" + sql)));

    [Fact]
    public void A_missing_lock_timeout_is_a_note_unless_the_runner_sets_it()
    {
        Assert.Contains(Analyse("add orders").AllFindings, finding => finding is { Rule: "lock-timeout-missing", Level: RiskLevel.Safe });
        Assert.DoesNotContain(Analyse("timeout\nadd orders").AllFindings, finding => finding.Rule == "lock-timeout-missing");
        Assert.DoesNotContain(Analyse("add orders", options: ByRunner).AllFindings, finding => finding.Rule == "lock-timeout-missing");
        Assert.DoesNotContain(Assert.Single(new RiskAnalyzer(new FakeDialect(DatabaseEngine.Sqlite)).Analyse([File("add orders")], new RiskOptions())).AllFindings, finding => finding.Rule == "lock-timeout-missing");
    }

    [Theory]
    [InlineData("timeout off\nadd orders", true)]
    [InlineData("timeout off\ntimeout off\nadd orders", true)]
    [InlineData("timeout off\ntimeout\nadd orders", false)]
    [InlineData("add orders\ntimeout off", false)]
    [InlineData("timeout off\nadd orders new", false)]
    [InlineData("timeout long\nadd orders", true)]
    [InlineData("timeout long\ntimeout\nadd orders", false)]
    public void A_script_that_takes_the_runners_limit_away_is_risky(string sql, bool risky) =>
        Assert.Equal(risky, Analyse(sql, options: ByRunner).AllFindings.Any(finding => finding is { Rule: "lock-timeout-missing", Level: RiskLevel.Risky }));

    [Theory]
    [InlineData(FileWayBack.None, "add orders", true)]
    [InlineData(FileWayBack.Script, "add orders", false)]
    [InlineData(FileWayBack.Manual, "add orders", false)]
    [InlineData(FileWayBack.Unknown, "add orders", false)]
    [InlineData(FileWayBack.None, "-- safedb:rollback drop the column\nadd orders", false)]
    [InlineData(FileWayBack.None, "timeout", false)]
    public void A_migration_without_a_way_back_is_found(FileWayBack wayBack, string sql, bool found) =>
        Assert.Equal(found, new RiskAnalyzer(new FakeDialect()).Analyse([File(sql) with { WayBack = wayBack }], new RiskOptions())[0].Findings.Any(finding => finding.Rule == "no-way-back"));

    [Theory]
    [InlineData("drop orders -- safedb:allow drop-table-loses-data moved to the archive", true)]
    [InlineData("-- safedb:allow drop-table-loses-data, destructive-without-transition moved to the archive\ndrop orders", true)]
    [InlineData("-- safedb:allow-file drop-table-loses-data moved to the archive\ntimeout\ndrop orders", true)]
    [InlineData("-- safedb:allow drop-table-loses-data moved until 2026-06-30\ndrop orders", true)]
    [InlineData("-- safedb:allow drop-table-loses-data moved until 2026-06-01\ndrop orders", true)]
    [InlineData("-- safedb:allow drop-table-loses-data moved until 2026-05-31\ndrop orders", false, "suppression-expired")]
    [InlineData("-- safedb:allow drop-table-loses-data\ndrop orders", false, "suppression-invalid")]
    [InlineData("-- safedb:allow drop-table moved\ndrop orders", false, "suppression-invalid")]
    [InlineData("-- safedb:allow drop-table-loses-data moved until 2026-13-01\ndrop orders", false, "suppression-invalid")]
    [InlineData("-- safedb:allow\ndrop orders", false, "suppression-invalid")]
    [InlineData("-- safedb:allow drop-table-loses-data moved\ntimeout\ndrop orders", false, "suppression-unused")]
    [InlineData("-- safedb:allow note, drop-table-loses-data moved\ndrop orders", true, "suppression-unused")]
    public void A_suppression_needs_a_rule_a_reason_and_a_day_that_is_not_over(string sql, bool allowed, params string[] problems)
    {
        FileRisk file = Analyse(sql);
        RiskFinding drop = file.AllFindings.Single(finding => finding.Rule == "drop-table-loses-data");
        Assert.Equal(allowed, drop.AllowedBy is not null);
        Assert.Equal(problems, file.Findings.Where(finding => finding.Rule.StartsWith("suppression-", StringComparison.Ordinal)).Select(finding => finding.Rule).Distinct());
        if (allowed)
        {
            Assert.StartsWith("moved", drop.AllowedBy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Fingerprints_survive_moved_lines_blanks_and_comments_and_tell_repetitions_apart()
    {
        string before = Drop(Analyse("drop orders")).Fingerprint;
        Assert.Equal(before, Drop(Analyse("\n\n-- more\ntimeout\n  drop orders")).Fingerprint);
        Assert.NotEqual(before, Drop(Analyse("drop customers")).Fingerprint);
        string[] twice = [.. Analyse("drop orders\ndrop orders").AllFindings.Where(finding => finding.Rule == "drop-table-loses-data").Select(finding => finding.Fingerprint)];
        Assert.Equal(2, twice.Distinct().Count());
        Assert.Equal(before, twice[0]);
    }

    [Fact]
    public void A_baseline_allows_what_was_there_and_nothing_new()
    {
        var analyzer = new RiskAnalyzer(new FakeDialect());
        RiskReport old = analyzer.Report(analyzer.Analyse([File("drop orders")], new RiskOptions()), new RiskOptions());
        RiskBaseline baseline = RiskBaseline.Parse(RiskBaseline.Write(old), "baseline.json");
        FileRisk now = Analyse("drop orders\ndrop customers", new RiskPolicy { Baseline = baseline });
        Assert.Equal(["orders"], now.AllFindings.Where(finding => finding is { Rule: "drop-table-loses-data", AllowedBy: not null }).Select(finding => finding.Relation!));
        Assert.Equal("Risk.BaselineInvalid", Assert.Throws<SafeDb.Errors.SafeDbException>(() => RiskBaseline.Parse("[]", "b.json")).Id);
        Assert.Equal("Risk.BaselineInvalid", Assert.Throws<SafeDb.Errors.SafeDbException>(() => RiskBaseline.Parse("{", "b.json")).Id);
    }

    [Fact]
    public void The_policy_disables_raises_and_allows()
    {
        Assert.DoesNotContain(Analyse("drop orders", new RiskPolicy { DisabledRules = ["drop-table-loses-data"] }).AllFindings, finding => finding.Rule == "drop-table-loses-data");
        Assert.Equal(RiskLevel.Safe, Drop(Analyse("drop orders", new RiskPolicy { RuleLevels = new Dictionary<string, RiskLevel> { ["drop-table-loses-data"] = RiskLevel.Safe } })).Level);
        FileRisk allowed = Analyse("-- safedb:transition x\ndrop orders", new RiskPolicy { AllowHazards = ["drop-table-loses-data"] }, ByRunner);
        Assert.Equal(RiskLevel.Safe, allowed.Level);
        Assert.NotNull(Drop(allowed).AllowedBy);
        Assert.Equal("Risk.UnknownRule", Assert.Throws<SafeDb.Errors.SafeDbException>(() => new RiskPolicy { AllowHazards = ["drop-tabel"] }.Validate(["drop-table"])).Id);
    }

    [Fact]
    public void Every_general_rule_has_a_page()
    {
        string folder = Path.Combine(Repository(), "docs", "rules");
        string[] missing = [.. new RiskAnalyzer(new FakeDialect()).Rules.Select(rule => rule.Id).Where(rule => rule != "note" && !System.IO.File.Exists(Path.Combine(folder, $"{rule}.md")))];
        Assert.Empty(missing);
        Assert.Equal(GeneralRules.All.Select(rule => rule.Info.Id).Distinct().Count(), GeneralRules.All.Count);
    }

    internal static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder, "SafeDb.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("not inside the repository");
    }

    private static RiskFinding Drop(FileRisk file) => file.AllFindings.First(finding => finding.Rule == "drop-table-loses-data");

    private static RiskFile File(string sql) => new(new SourceText(sql, "001_x.sql"), FileTransaction.Single);

    private static readonly RiskOptions ByRunner = new() { RunnerSetsLockTimeout = true };

    private static FileRisk Analyse(string sql, RiskPolicy? policy = null, RiskOptions? options = null) =>
        Assert.Single(new RiskAnalyzer(new FakeDialect(), policy, new FixedClock()).Analyse([File(sql)], options ?? new RiskOptions()));

    private static string[] Rules(FileRisk file) => [.. file.AllFindings.Where(finding => finding.Rule != "lock-timeout-missing").Select(finding => finding.Rule).Distinct().Order(StringComparer.Ordinal)];

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    }
}
