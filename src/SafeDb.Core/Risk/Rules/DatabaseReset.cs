namespace SafeDb.Risk.Rules;

/// <summary>A migration that empties the database.</summary>
public sealed class DatabaseReset : IRiskRule
{
    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("database-reset", RiskLevel.Dangerous, "The migration drops a schema, a database, or every table that is known.");

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        if (context.Policy.AllowReset || context.File.IsWayBack)
        {
            yield break;
        }

        foreach ((StatementRisk statement, StatementEffect effect) in context.Effects.Where(item => item.Effect.Kind == EffectKind.DropDatabase))
        {
            yield return new(statement.Index, Finding($"This drops {effect.Relation} with everything in it.", effect.Relation));
        }

        List<(StatementRisk Statement, StatementEffect Effect)> drops =
            [.. context.Effects.Where(item => item.Effect is { Kind: EffectKind.DropTable or EffectKind.Truncate, OnNewRelation: false, PartOfRebuild: false })];
        if (drops.Select(item => item.Effect.Relation).Distinct(StringComparer.Ordinal).Count() >= EmptyingCount && !KeepsAnything(context) && !OthersStay(context, drops.Select(item => item.Effect.Relation)))
        {
            yield return new(drops[0].Statement.Index, Finding("Every statement of this migration drops or empties a table: it resets the database.", null));
        }
    }

    // Three tables and nothing else done to anything that stays is a reset script, not the removal of a feature with its two tables.
    private const int EmptyingCount = 3;

    private static bool KeepsAnything(RiskRuleContext context) => context.Effects.Any(item =>
        item.Effect.Kind is not (EffectKind.DropTable or EffectKind.Truncate or EffectKind.DropOther or EffectKind.Begin or EffectKind.Commit or EffectKind.SetLockTimeout) && !item.Effect.OnNewRelation
        && item.Effect.Kind != EffectKind.CreateRelation);

    // With the earlier files in view, only what leaves none of their tables is a reset.
    private static bool OthersStay(RiskRuleContext context, IEnumerable<string> dropped)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (StatementEffect effect in context.Earlier.SelectMany(file => file.Risk.Statements).SelectMany(statement => statement.Effects))
        {
            if (effect.Kind == EffectKind.CreateRelation)
            {
                known.Add(effect.Relation);
            }
            else if (effect.Kind == EffectKind.DropTable)
            {
                known.Remove(effect.Relation);
            }
        }

        return known.Except(dropped, StringComparer.Ordinal).Any();
    }

    private RiskFinding Finding(string message, string? relation) =>
        new(Info.Id, Info.Level, message, "Commands that reset a database belong to development only. Restore a backup there instead, and drop single objects by migrations of their own.") { Relation = relation };
}
