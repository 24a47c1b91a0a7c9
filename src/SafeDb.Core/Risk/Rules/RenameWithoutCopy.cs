namespace SafeDb.Risk.Rules;

/// <summary>A rename that leaves nothing under the old name.</summary>
public sealed class RenameWithoutCopy : IRiskRule
{
    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("rename-without-copy", RiskLevel.Risky, "A table or column gets a new name while running code still uses the old one.");

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        if (context.File.IsWayBack)
        {
            yield break;
        }

        foreach ((StatementRisk statement, StatementEffect effect) in context.Effects)
        {
            if (effect is not { Kind: EffectKind.RenameRelation or EffectKind.RenameColumn, OnNewRelation: false, PartOfRebuild: false } || LeavesOldName(context, statement, effect)
                || statement.Findings.Any(finding => finding.Rule == "rename-breaks-running-code"))
            {
                continue;
            }

            string what = effect.Kind == EffectKind.RenameColumn ? $"column {effect.Relation}.{effect.Member}" : effect.Relation;
            yield return new(statement.Index, new RiskFinding(Info.Id, Info.Level,
                $"The rename of {what} to {effect.NewName} takes effect at once: code of the running release that uses the old name fails.",
                effect.Kind == EffectKind.RenameColumn
                    ? "Add the new column, write both, copy the old values in batches, move the readers, and drop the old column one release later."
                    : "Leave a view under the old name in the same transaction, move the code, and drop the view one release later.")
            {
                Relation = effect.Relation,
            });
        }
    }

    private static bool LeavesOldName(RiskRuleContext context, StatementRisk rename, StatementEffect effect) =>
        effect.Kind == EffectKind.RenameRelation
        && context.Effects.Any(item => item.Statement.Index > rename.Index && item.Effect.Kind == EffectKind.CreateRelation && item.Effect.Relation == effect.Relation);
}
