using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>IF NOT EXISTS around DDL.</summary>
internal sealed class GuardRaces : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-guard-races", RiskLevel.Safe, "IF NOT EXISTS around DDL does not stop two runners, and hides a table of the same name and another shape.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is IfStatement { ThenStatement: not null } guard && Inner(guard.ThenStatement).Any(inner => inner is CreateTableStatement or AlterTableStatement or CreateIndexStatement))
        {
            yield return new RiskFinding(Info.Id, Info.Level, "The guard is checked before the lock is taken, and says nothing about the shape of what exists.", "Let the migration history decide what runs; SafeDb holds a lock while it does.");
        }
    }

    private static IEnumerable<TSqlStatement> Inner(TSqlStatement statement) => statement is BeginEndBlockStatement block ? block.StatementList.Statements : [statement];
}
