using System.Text.RegularExpressions;

using SafeDb.Providers.Tests.PostgreSql.Risk;

using Xunit;

namespace SafeDb.Providers.Tests;

/// <summary>The rules that can propose a safer way, read from their source files, so that a new one cannot be forgotten by the tests.</summary>
internal static partial class SaferSqlRules
{
    /// <summary>The ids of the rules in a project's folder of rules that mention <c>SaferSql</c>.</summary>
    public static IReadOnlyList<string> In(string project)
    {
        string folder = Path.GetFullPath(StatementFactsTests.Beside($"../../src/{project}/Risk/Rules"));
        string[] ids = [.. Directory.EnumerateFiles(folder, "*.cs").Select(File.ReadAllText).Where(text => text.Contains("SaferSql", StringComparison.Ordinal))
            .Select(text => Id().Match(text)).Where(match => match.Success).Select(match => match.Groups["id"].Value).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(ids);
        return ids;
    }

    [GeneratedRegex("\"(?<id>[a-z]+(-[a-z]+)+)\", RiskLevel\\.")]
    private static partial Regex Id();
}
