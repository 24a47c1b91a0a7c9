namespace SafeDb.Risk.Rules;

/// <summary>The rules that hold for every engine. The one list of them.</summary>
public static class GeneralRules
{
    /// <summary>All of them, ordered by id.</summary>
    public static IReadOnlyList<IRiskRule> All { get; } =
        [.. new IRiskRule[]
        {
            new DatabaseReset(),
            new DestructiveWithoutTransition(),
            new LockTimeoutMissing(),
            new NoWayBack(),
            new RenameWithoutCopy(),
            new SchemaAndDataMixed(),
            new SeveralLogicalChanges(),
            new StatementNotAnalysed(),
            new UnboundedDelete(),
            new UnboundedUpdate(),
        }.OrderBy(rule => rule.Info.Id, StringComparer.Ordinal)];

    /// <summary>The file with what the rules find added to what the dialect found.</summary>
    internal static FileRisk Apply(RiskRuleContext context)
    {
        List<RuleHit> hits = [.. All.SelectMany(rule => rule.Check(context))];
        if (hits.Count == 0)
        {
            return context.Risk;
        }

        ILookup<int?, RiskFinding> byStatement = hits.ToLookup(hit => hit.Statement, hit => hit.Finding);
        return context.Risk with
        {
            Findings = [.. context.Risk.Findings, .. byStatement[null]],
            Statements = [.. context.Risk.Statements.Select(statement => byStatement[statement.Index].Any()
                ? statement with { Findings = [.. statement.Findings.Concat(byStatement[statement.Index]).OrderBy(finding => finding.Rule, StringComparer.Ordinal)] }
                : statement)],
        };
    }
}
