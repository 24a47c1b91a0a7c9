using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.Sqlite.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>Each hazard is run on real SQLite and predicted beforehand; both must agree.</summary>
public sealed class SqliteHazardTests
{
    // Rules of the policy that say something about nearly every migration and nothing about the engine.
    private static readonly string[] PolicyRules = ["destructive-without-transition", "schema-and-data-mixed", "several-logical-changes"];

    public static TheoryData<SqliteHazardCase> Cases => [.. SqliteHazardCases.All];

    [Theory]
    [MemberData(nameof(Cases))]
    public void SQLite_does_what_the_case_says(SqliteHazardCase hazard)
    {
        SqliteShell.RequireVersion();
        string output = SqliteShell.Run($".bail off\n{hazard.Setup}\n{hazard.Change}\n{hazard.Check}\n");
        if (hazard.Outcome.Length == 0)
        {
            Assert.Equal("", output);
        }
        else
        {
            Assert.Contains(hazard.Outcome, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_analysis_says_so_beforehand(SqliteHazardCase hazard)
    {
        FileRisk risk = Analyse(hazard);
        string[] found = [.. risk.AllFindings.Where(finding => finding.Level > RiskLevel.Safe).Select(finding => finding.Rule).Except(PolicyRules, StringComparer.Ordinal).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(hazard.Rules.Order(StringComparer.Ordinal), found);
    }

    [Fact]
    public void Every_rule_of_the_dialect_has_a_case()
    {
        var covered = SqliteHazardCases.All.SelectMany(hazard => Analyse(hazard).AllFindings).Select(finding => finding.Rule).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(new SqliteRiskDialect().Rules.Select(rule => rule.Id).Except(covered, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("type-not-enforced", "create table t(a varchar(2));", "create table t(a text);")]
    [InlineData("rebuild-without-foreign-key-check", Unchecked + "commit; pragma foreign_keys=on;", Unchecked + "pragma foreign_key_check; commit; pragma foreign_keys=on;")]
    public void A_note_is_given_where_it_belongs_and_not_beside_it(string rule, string change, string harmless)
    {
        const string Setup = "create table p(id integer primary key,a); create table k(pid int references p(id)); insert into p values(1,1); insert into k values(1);";
        Assert.Contains(rule, Analyse(new SqliteHazardCase("", Setup, change, "", "")).AllFindings.Select(finding => finding.Rule));
        Assert.DoesNotContain(rule, Analyse(new SqliteHazardCase("", Setup, harmless, "", "")).AllFindings.Select(finding => finding.Rule));
    }

    private const string Unchecked = "pragma foreign_keys=off; begin; create table p2(id integer primary key,a,b); insert into p2(id,a) select id,a from p; drop table p; alter table p2 rename to p; ";

    internal static FileRisk Analyse(SqliteHazardCase hazard)
    {
        var analyzer = new RiskAnalyzer(new SqliteRiskDialect());
        RiskFile setup = new(new SourceText(hazard.Setup, "000.sql"), FileTransaction.PerStatement) { Applied = true };
        RiskFile change = new(new SourceText(hazard.Change, "001.sql"), FileTransaction.PerStatement);
        return Assert.Single(analyzer.Analyse([setup, change], new RiskOptions()));
    }
}
