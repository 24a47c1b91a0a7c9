using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

using SafeDb.Migration.Plan;
using SafeDb.Risk;

using Xunit;

namespace SafeDb.Core.Tests.Migration;

/// <summary>What -AllowHazard takes besides rules.</summary>
public sealed partial class GateIdsTests
{
    private static readonly string[] NeverAllowed = ["interrupted-run", "risk", "rehearsal"];

    [Fact]
    public void Every_gate_that_the_source_closes_is_known_and_every_known_one_is_there()
    {
        string folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../../src/SafeDb.Core/Migration"));
        string source = string.Concat(Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "GateIds.cs").Select(File.ReadAllText));
        string[] closed = [.. Gate().Matches(source).Select(match => match.Groups["id"].Value).Distinct()];
        Assert.True(closed.Length >= 5, string.Join(' ', closed));
        Assert.Empty(closed.Except(NeverAllowed).Except(GateIds.Allowable));
        Assert.All(GateIds.Allowable, id => Assert.Contains($"\"{id}\"", source, StringComparison.Ordinal));
    }

    [Fact]
    public void Gates_are_names_that_a_policy_may_have() =>
        new RiskPolicy { AllowHazards = GateIds.Allowable }.Validate(GateIds.Allowable);

    [GeneratedRegex("(Closed\\(|State\\(.*?, )\"(?<id>[a-z-]+)\"")]
    private static partial Regex Gate();

    private static string Here([CallerFilePath] string? path = null) => path!;
}
