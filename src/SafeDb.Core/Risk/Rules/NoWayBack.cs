namespace SafeDb.Risk.Rules;

/// <summary>A migration that nobody can take back.</summary>
public sealed class NoWayBack : IRiskRule
{
    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("no-way-back", RiskLevel.Risky, "The migration has neither a down script nor a documented manual way back.");

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        bool changes = context.Risk.Statements.Any(statement => statement.ChangesSchema || statement.ChangesData || !statement.Analysed);
        if (context.File is { WayBack: FileWayBack.None, IsWayBack: false } && changes && !context.HasNote("rollback"))
        {
            yield return new(null, new RiskFinding(Info.Id, Info.Level,
                "The migration has no down script, and no comment says how to take it back by hand.",
                "Add the down script, or document the manual way in comments of the file: -- safedb:rollback <what to do>."));
        }
    }
}
