namespace SafeDb.Risk.Rules;

/// <summary>Something that cannot be read counts as a risk.</summary>
public sealed class StatementNotAnalysed : IRiskRule
{
    /// <summary>Its id.</summary>
    internal const string Id = "statement-not-analysed";

    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new(Id, RiskLevel.Risky, "A statement was not understood, so nothing is known of what it does.");

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context) => context.Risk.Statements
        .Where(statement => !statement.Analysed)
        .Select(statement => new RuleHit(statement.Index, new RiskFinding(Info.Id, Info.Level,
            statement.NotAnalysedBecause is { } reason ? $"The statement was not analysed: {reason}." : "The statement was not analysed.",
            "Read it with care and rehearse it on a restored copy; or write it as plain statements that can be analysed.")));
}
