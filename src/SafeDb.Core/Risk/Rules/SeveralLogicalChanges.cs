namespace SafeDb.Risk.Rules;

/// <summary>More than one logical change in a migration.</summary>
public sealed class SeveralLogicalChanges : IRiskRule
{
    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("several-logical-changes", RiskLevel.Risky, "One migration changes several tables that have nothing to do with each other.");

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        if (context.File.IsWayBack)
        {
            yield break;
        }

        var groups = new RelationGroups();
        foreach (StatementRisk statement in context.Risk.Statements.Where(statement => statement.ChangesSchema))
        {
            groups.Join(statement.Effects.SelectMany(Names).Concat(statement.Mentions).Where(name => name.Length > 0));
        }

        List<(StatementRisk Statement, StatementEffect Effect)> changes = [.. context.Effects.Where(item => ChangesExisting(item.Effect))];
        List<string> subjects = [.. changes.GroupBy(item => groups.Of(item.Effect.Relation), StringComparer.Ordinal).Select(group => group.First().Effect.Relation)];
        if (subjects.Count > 1)
        {
            bool additive = changes.TrueForAll(item => item.Effect.Kind is EffectKind.AddColumn or EffectKind.CreateIndex);
            yield return new(null, new RiskFinding(Info.Id, additive ? RiskLevel.Safe : Info.Level,
                $"The migration changes {subjects.Count} tables that nothing in it connects: {string.Join(", ", subjects.Take(5))}{(subjects.Count > 5 ? ", …" : "")}. When one part fails or must be taken back, the others go with it.",
                "Make one migration of each logical change."));
        }
    }

    private static string[] Names(StatementEffect effect) =>
        effect is { Kind: EffectKind.RenameRelation, NewName: { } name } ? [effect.Relation, name] : [effect.Relation];

    private static bool ChangesExisting(StatementEffect effect) => effect is
    {
        OnNewRelation: false,
        Kind: EffectKind.AddColumn or EffectKind.DropColumn or EffectKind.ChangeType or EffectKind.AddConstraint or EffectKind.DropConstraint
            or EffectKind.RenameColumn or EffectKind.RenameRelation or EffectKind.DropTable or EffectKind.CreateIndex,
    };
}
