using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>What a view showed or a trigger did is gone.</summary>
internal sealed class DropViewOrTrigger : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("drop-view-or-trigger", RiskLevel.Risky, "A view or trigger that running code relies on goes.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is DropObject { What: "View" or "Trigger" } drop && !context.IsMadeLater(drop.Name.Key))
        {
            string what = drop.What.ToLowerInvariant();
            yield return new(new RiskFinding(Info.Id, Info.Level, $"The {what} {drop.Name.Name} goes: {(drop.What == "View" ? "code that reads it fails" : "what it kept right is not kept right any more, without an error")}.",
                $"Release code that does not need the {what} first; its definition stays in the backup.") { Relation = drop.Name.Name });
        }
    }
}
