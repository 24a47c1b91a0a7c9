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

    internal static FileRisk Analyse(SqliteHazardCase hazard)
    {
        var analyzer = new RiskAnalyzer(new SqliteRiskDialect());
        RiskFile setup = new(new SourceText(hazard.Setup, "000.sql"), FileTransaction.PerStatement) { Applied = true };
        RiskFile change = new(new SourceText(hazard.Change, "001.sql"), FileTransaction.PerStatement);
        return Assert.Single(analyzer.Analyse([setup, change], new RiskOptions()));
    }
}
