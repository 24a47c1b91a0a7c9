using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>A rebuild in the wrong order.</summary>
internal sealed class RebuildRenamesOldFirst : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("rebuild-renames-old-first", RiskLevel.Dangerous, "Renaming the old table away makes the foreign keys of other tables follow it.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is not { OldFirst: true } rebuild || rebuild.Rename != context.Index || context.State.LegacyAlter || context.IsNew(rebuild.Table))
        {
            yield break;
        }

        List<string> children = [.. context.Model.ChildrenOf(rebuild.Table).Select(item => item.Child.Name).Distinct(StringComparer.OrdinalIgnoreCase)];
        bool known = context.Model.Complete || context.Model.Table(rebuild.Table) is not null;
        if (children.Count > 0 || !known)
        {
            string table = context.NameOf(rebuild.Table);
            string who = children.Count > 0 ? string.Join(", ", children) : "other tables";
            yield return new(new RiskFinding(Info.Id, Info.Level,
                $"Since 3.26 the foreign keys of {who} follow {table} to its new name {rebuild.Temporary} and still point there after it is dropped: writes to them fail, or their rows go with it.",
                "Create the new table under a temporary name, copy, drop the old one, and rename the new one last.")
            {
                Relation = table,
                SaferSql = RebuildScript.Corrected(context, rebuild),
            }, DataLoss.Possible);
        }
    }
}
