using SafeDb.Addresses;
using SafeDb.Risk.Suppression;

namespace SafeDb.Risk.Rules;

/// <summary>One general rule: it reads what statements do, never their text. One rule is one file with its tests and its page <c>docs/rules/{id}.md</c>.</summary>
public interface IRiskRule
{
    /// <summary>The rule's id, usual level and summary.</summary>
    RiskRuleInfo Info { get; }

    /// <summary>What it finds in a file.</summary>
    IEnumerable<RuleHit> Check(RiskRuleContext context);
}

/// <summary>A finding and where it belongs.</summary>
/// <param name="Statement">Number of the statement, or null for the file as a whole.</param>
/// <param name="Finding">The finding.</param>
public sealed record RuleHit(int? Statement, RiskFinding Finding);

/// <summary>What a general rule can see.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="File">The file as it was given.</param>
/// <param name="Risk">What the dialect found.</param>
/// <param name="Options">Server and database facts.</param>
/// <param name="Policy">The policy.</param>
/// <param name="Directives">The comments that speak to SafeDb.</param>
/// <param name="Earlier">The pending files before this one.</param>
public sealed record RiskRuleContext(
    DatabaseEngine Engine,
    RiskFile File,
    FileRisk Risk,
    RiskOptions Options,
    RiskPolicy Policy,
    IReadOnlyList<RiskDirective> Directives,
    IReadOnlyList<FoundRisk> Earlier)
{
    /// <summary>Every effect with its statement.</summary>
    public IEnumerable<(StatementRisk Statement, StatementEffect Effect)> Effects =>
        Risk.Statements.SelectMany(statement => statement.Effects.Select(effect => (statement, effect)));

    /// <summary>Whether a directive of one of the names stands in the file with something to say.</summary>
    public bool HasNote(params string[] names) => Directives.Any(directive => names.Contains(directive.Name, StringComparer.Ordinal) && directive.Argument.Length > 0);

    /// <summary>Whether the statement carries a directive.</summary>
    public bool Carries(StatementRisk statement, string name) => Directives.Any(directive => directive.Name == name && directive.Statement == statement.Index);
}
