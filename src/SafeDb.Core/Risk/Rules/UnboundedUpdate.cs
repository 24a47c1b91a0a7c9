namespace SafeDb.Risk.Rules;

/// <summary>Every row of a table is written in one statement.</summary>
public sealed class UnboundedUpdate : IRiskRule
{
    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("unbounded-update", RiskLevel.Risky, "An UPDATE without a condition writes every row of a table in one statement.");

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        foreach ((StatementRisk statement, StatementEffect effect) in context.Effects)
        {
            if (effect is { Kind: EffectKind.Update, OnNewRelation: false, Bounded: false } && !context.File.IsWayBack && !context.Carries(statement, "batch"))
            {
                yield return new(statement.Index, new RiskFinding(Info.Id, Info.Level,
                    $"Every row of {effect.Relation} is written in one statement: the old values are lost, writers wait until it ends, and a failure near the end costs everything.",
                    "Say in a WHERE which rows are meant, and write them in batches (-- safedb:batch).")
                {
                    Relation = effect.Relation,
                });
            }
        }
    }
}
