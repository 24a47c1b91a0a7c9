using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>Statements that SQL Server refuses inside a transaction.</summary>
internal sealed class NotInTransaction : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-not-in-transaction", RiskLevel.Risky, "The statement fails inside a transaction (Msg 226, 574).");

    /// <summary>Whether SQL Server refuses the statement in a transaction.</summary>
    public static bool Refuses(TSqlStatement statement) => statement is AlterDatabaseStatement or CreateDatabaseStatement or DropDatabaseStatement or BackupStatement or RestoreStatement
        or CreateFullTextIndexStatement or AlterFullTextIndexStatement or DropFullTextIndexStatement or CreateFullTextCatalogStatement or ReconfigureStatement or KillStatement or ShutdownStatement;

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.State.InTransaction && Refuses(context.Statement))
        {
            yield return new RiskFinding(Info.Id, Info.Level, "SQL Server refuses this statement inside a transaction, and the migration stops here.", "Put it in a migration of its own that runs without a transaction.");
        }
    }
}
