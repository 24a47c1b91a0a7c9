namespace SafeDb.Risk.Rules;

/// <summary>A destructive statement that no transition prepared.</summary>
public sealed class DestructiveWithoutTransition : IRiskRule
{
    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("destructive-without-transition", RiskLevel.Risky, "Something that running code uses is dropped or changed in one step.");

    private static readonly string[] RetiredMarks = ["old", "deprecated", "unused", "obsolete", "legacy", "removed", "backup", "bak", "delete", "drop"];

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        if (context.File.IsWayBack || context.HasNote("transition", "impact"))
        {
            yield break;
        }

        foreach ((StatementRisk statement, StatementEffect effect) in context.Effects)
        {
            if (effect is { Kind: EffectKind.DropTable or EffectKind.DropColumn or EffectKind.ChangeType, OnNewRelation: false, PartOfRebuild: false }
                && statement.DataLoss != DataLoss.None && !IsRetired(effect.Member ?? effect.Relation))
            {
                string what = effect.Member is null ? effect.Relation : $"{effect.Relation}.{effect.Member}";
                yield return new(statement.Index, new RiskFinding(Info.Id, Info.Level,
                    $"{what} goes in one step: code of the running release that still uses it fails, and nothing says what prepared it.",
                    "First release code that does not use it; rename it out of the way (for example with the suffix _deprecated) in a transition migration; drop it one release later. Or say what was done in a comment: -- safedb:transition <what prepared it>.")
                {
                    Relation = effect.Relation,
                });
            }
        }
    }

    private static bool IsRetired(string name) => name.Split('_', '.', '-', '"').Any(part => RetiredMarks.Contains(part, StringComparer.OrdinalIgnoreCase));
}
