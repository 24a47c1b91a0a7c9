namespace SafeDb.Risk.Rules;

/// <summary>Every row of a table goes.</summary>
public sealed class UnboundedDelete : IRiskRule
{
    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("unbounded-delete", RiskLevel.Dangerous, "A DELETE without a condition, or a TRUNCATE, takes every row of a table.");

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        foreach ((StatementRisk statement, StatementEffect effect) in context.Effects)
        {
            if (effect is { Kind: EffectKind.Delete or EffectKind.Truncate, OnNewRelation: false, Bounded: false } && !context.File.IsWayBack && !context.Carries(statement, "batch"))
            {
                yield return new(statement.Index, new RiskFinding(Info.Id, Info.Level,
                    $"Every row of {effect.Relation} goes.",
                    "Say in a WHERE which rows are meant, and delete them in batches (-- safedb:batch). If all of them are meant, keep them in a backup table first.")
                {
                    Relation = effect.Relation,
                });
            }
        }
    }
}
