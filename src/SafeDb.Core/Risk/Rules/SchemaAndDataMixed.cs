namespace SafeDb.Risk.Rules;

/// <summary>Schema and data in one migration.</summary>
public sealed class SchemaAndDataMixed : IRiskRule
{
    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("schema-and-data-mixed", RiskLevel.Risky, "One migration changes the schema and the rows of tables that exist.");

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        if (context.Policy.AllowMixedMigrations || context.File.IsWayBack)
        {
            yield break;
        }

        StatementRisk? data = context.Effects.FirstOrDefault(item =>
            item.Effect is { Kind: EffectKind.Insert or EffectKind.Update or EffectKind.Delete or EffectKind.Truncate, OnNewRelation: false, PartOfRebuild: false }).Statement;
        StatementRisk? schema = context.Effects.FirstOrDefault(item => IsSchemaChange(item.Effect)).Statement;
        if (data is not null && schema is not null)
        {
            yield return new(data.Index, new RiskFinding(Info.Id, Info.Level,
                $"The migration changes rows here and the schema in line {schema.Location.Line}: the locks of the schema change are held while the rows are written, and neither can be taken back without the other.",
                "Put the change of data into a migration of its own, after that of the schema.")
            {
                Relation = data.Effects[0].Relation,
            });
        }
    }

    private static bool IsSchemaChange(StatementEffect effect) => effect is
    {
        OnNewRelation: false,
        PartOfRebuild: false,
        Kind: EffectKind.AddColumn or EffectKind.DropColumn or EffectKind.ChangeType or EffectKind.AddConstraint or EffectKind.DropConstraint
            or EffectKind.RenameColumn or EffectKind.RenameRelation or EffectKind.DropTable or EffectKind.CreateIndex,
    };
}
