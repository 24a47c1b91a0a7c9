using System.Text.RegularExpressions;

using SafeDb.PostgreSql.Risk;
using SafeDb.Providers.Tests.PostgreSql.Risk;
using SafeDb.Risk;
using SafeDb.Sqlite.Risk;
using SafeDb.SqlServer.Risk;

using Xunit;

namespace SafeDb.Providers.Tests;

/// <summary>docs/rules/README.md lists the hazards with their rules: every rule is in it, has a page, and is named by a test; nothing else is.</summary>
public sealed partial class RuleIndexTests
{
    private static readonly string Root = Path.GetFullPath(StatementFactsTests.Beside("../../"));

    private static IReadOnlyList<string> Rules { get; } =
        [.. new IRiskDialect[] { new PostgreSqlRiskDialect(), new SqliteRiskDialect(), new SqlServerRiskDialect() }.SelectMany(dialect => new RiskAnalyzer(dialect).Rules).Select(rule => rule.Id).Distinct().Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_rule_has_its_place_in_the_index_and_its_page()
    {
        string folder = Path.Combine(Root, "docs", "rules");
        string[] indexed = [.. Link().Matches(File.ReadAllText(Path.Combine(folder, "README.md"))).Select(match => match.Groups["id"].Value).Distinct().Order(StringComparer.Ordinal)];
        string[] pages = [.. Directory.EnumerateFiles(folder, "*.md").Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(name => name != "README").Order(StringComparer.Ordinal)];
        Assert.Equal(Rules, indexed);
        Assert.Equal(Rules, pages);
    }

    [Fact]
    public void Every_rule_is_named_by_a_test()
    {
        string[] tests = [.. Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).Concat(Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*Cases.cs", SearchOption.AllDirectories)).Select(File.ReadAllText)];
        Assert.All(Rules, rule => Assert.Contains(tests, text => Named(rule).IsMatch(text)));
    }

    private static Regex Named(string rule) => new($"[\",]{Regex.Escape(rule)}[\",]", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    [GeneratedRegex(@"\]\((?<id>[a-z-]+)\.md\)")]
    private static partial Regex Link();
}
