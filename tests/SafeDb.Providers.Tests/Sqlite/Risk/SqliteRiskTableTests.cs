using System.Text;

using SafeDb.Risk;
using SafeDb.Sqlite.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>The table of docs/risk-sqlite.md is made of the cases that ran, and every rule has its page.</summary>
public sealed class SqliteRiskTableTests
{
    [Fact]
    public void The_document_is_what_ran()
    {
        SqliteShell.RequireVersion();
        var text = new StringBuilder("# SQLite: what migrations do, measured\n\n"
            + "Each row was run with the sqlite3 shell (3.40) and analysed beforehand; `tests/SafeDb.Providers.Tests/Sqlite/Risk` fails when either differs.\n"
            + "Generated: run these tests with `SAFEDB_UPDATE_GOLDEN=1`.\n\n| Case | Migration | What SQLite does | Level | Rules |\n|---|---|---|---|---|\n");
        foreach (SqliteHazardCase hazard in SqliteHazardCases.All)
        {
            FileRisk risk = SqliteHazardTests.Analyse(hazard);
            string rules = string.Join(", ", hazard.Rules.Select(rule => $"[{rule}](rules/{rule}.md)"));
            RiskLevel level = risk.AllFindings.Where(finding => hazard.Rules.Contains(finding.Rule, StringComparer.Ordinal)).Select(finding => finding.Level).DefaultIfEmpty(RiskLevel.Safe).Max();
            text.Append($"| {Cell(hazard.Name)} | `{Cell(hazard.Change)}` | {(hazard.Outcome.Length == 0 ? "runs" : Cell(hazard.Outcome))} | {level} | {rules} |\n");
        }

        string file = Path.Combine(Repository(), "docs", "risk-sqlite.md");
        if (Environment.GetEnvironmentVariable("SAFEDB_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, text.ToString());
        }

        Assert.Equal(File.ReadAllText(file), text.ToString());
    }

    [Fact]
    public void Every_rule_has_its_page() =>
        Assert.Empty(new SqliteRiskDialect().Rules.Where(rule => !File.Exists(Path.Combine(Repository(), "docs", "rules", $"{rule.Id}.md"))).Select(rule => rule.Id));

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "SafeDb.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("not inside the repository");
    }
}
