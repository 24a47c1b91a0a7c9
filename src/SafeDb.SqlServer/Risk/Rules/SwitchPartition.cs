using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>ALTER TABLE … SWITCH.</summary>
internal sealed class SwitchPartition : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-switch-partition", RiskLevel.Risky, "SWITCH takes a Sch-M lock on both tables, and moves rows out of sight at once.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is AlterTableSwitchStatement change && !context.IsNew(change.SchemaObjectName))
        {
            string source = TSqlNames.Of(change.SchemaObjectName);
            yield return new RiskFinding(Info.Id, Info.Level,
                $"SWITCH takes Sch-M locks on {source} and {TSqlNames.Of(change.TargetTable)} for a moment, behind the longest query on either, and the rows are in the other table from the commit on. It fails when the target holds rows, or indexes and constraints differ.",
                "Use WAIT_AT_LOW_PRIORITY, and test the same statement on a restored copy.") { Relation = source };
        }
    }
}
