using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>sp_rename.</summary>
internal sealed class Rename : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-rename", RiskLevel.Risky, "sp_rename breaks procedures, views and running code that use the old name, without telling.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is ExecuteStatement { ExecuteSpecification.ExecutableEntity: ExecutableProcedureReference procedure }
            && string.Equals(procedure.ProcedureReference?.ProcedureReference?.Name?.BaseIdentifier?.Value, "sp_rename", StringComparison.OrdinalIgnoreCase))
        {
            string what = (procedure.Parameters.FirstOrDefault()?.ParameterValue as StringLiteral)?.Value ?? "an object";
            yield return new RiskFinding(Info.Id, Info.Level, $"{what} gets another name: procedures, views and running code that use the old one fail when they are next called.",
                "Keep the old name alive: a synonym for a table, a computed column or view for a column, until nothing uses it.") { Relation = what };
        }
    }
}
