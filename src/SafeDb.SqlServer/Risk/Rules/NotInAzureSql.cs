using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>Statements that Azure SQL Database does not have.</summary>
internal sealed class NotInAzureSql : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-not-in-azure-sql", RiskLevel.Risky, "Azure SQL Database refuses the statement.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        bool azure = context.Options.Edition?.Contains("Azure SQL Database", StringComparison.OrdinalIgnoreCase) == true;
        if (azure && context.Statement is UseStatement or BackupStatement or RestoreStatement or ReconfigureStatement or ShutdownStatement or CreateServerAuditStatement)
        {
            yield return new RiskFinding(Info.Id, Info.Level, "Azure SQL Database refuses this statement, and the migration stops here.", "Leave it out for Azure SQL Database, or do what it does through Azure's own tools.");
        }
    }
}
