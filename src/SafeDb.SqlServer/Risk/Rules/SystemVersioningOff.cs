using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>SYSTEM_VERSIONING = OFF.</summary>
internal sealed class SystemVersioningOff : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-system-versioning-off", RiskLevel.Risky, "While SYSTEM_VERSIONING is off, changes leave no history.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is AlterTableSetStatement set && set.Options.OfType<SystemVersioningTableOption>().Any(option => option.OptionState == OptionState.Off))
        {
            string table = TSqlNames.Of(set.SchemaObjectName);
            yield return new RiskFinding(Info.Id, Info.Level, $"From here until it is switched on again, changes of {table} leave no history.", "Do it in one short transaction with the change that needs it.") { Relation = table };
        }
    }
}
