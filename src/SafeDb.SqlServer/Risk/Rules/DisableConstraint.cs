using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>NOCHECK CONSTRAINT and disabled triggers.</summary>
internal sealed class DisableConstraint : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-disable-constraint", RiskLevel.Risky, "A disabled constraint or trigger lets wrong rows in.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        SchemaObjectName? name = context.Statement switch
        {
            AlterTableConstraintModificationStatement { ConstraintEnforcement: ConstraintEnforcement.NoCheck } constraint => constraint.SchemaObjectName,
            AlterTableTriggerModificationStatement { TriggerEnforcement: TriggerEnforcement.Disable } trigger => trigger.SchemaObjectName,
            _ => null,
        };
        if (name is not null)
        {
            string table = TSqlNames.Of(name);
            yield return new RiskFinding(Info.Id, Info.Level, $"Constraints or triggers of {table} are switched off: rows that break them get in from now on.",
                "Do without, or enable them again WITH CHECK in the same migration.") { Relation = table };
        }
    }
}
