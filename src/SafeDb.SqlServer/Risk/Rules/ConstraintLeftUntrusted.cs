using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>A constraint re-enabled without checking the rows.</summary>
internal sealed class ConstraintLeftUntrusted : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-constraint-left-untrusted", RiskLevel.Risky, "CHECK CONSTRAINT without WITH CHECK enables a constraint that existing rows may break; the optimiser ignores it.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is AlterTableConstraintModificationStatement { ConstraintEnforcement: ConstraintEnforcement.Check, ExistingRowsCheckEnforcement: not ConstraintEnforcement.Check } alter)
        {
            string table = TSqlNames.Of(alter.SchemaObjectName);
            string names = alter.All ? "ALL" : string.Join(", ", alter.ConstraintNames.Select(name => $"[{name.Value}]"));
            yield return new RiskFinding(Info.Id, Info.Level, $"{names} on {table} is enabled without checking the rows that are there: it stays untrusted, and broken rows stay.",
                "Write WITH CHECK CHECK CONSTRAINT.") { Relation = table, SaferSql = $"ALTER TABLE {table} WITH CHECK CHECK CONSTRAINT {names};" };
        }
    }
}
