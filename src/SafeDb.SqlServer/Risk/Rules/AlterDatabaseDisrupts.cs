using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>ALTER DATABASE … SET that needs the database alone.</summary>
internal sealed class AlterDatabaseDisrupts : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-alter-database-disrupts", RiskLevel.Dangerous, "The database is taken from its users: sessions are cut off, or wait until everybody has left.");

    private static readonly string[] Alone = ["SINGLE_USER", "RESTRICTED_USER", "OFFLINE", "READ_ONLY", "READ_COMMITTED_SNAPSHOT", "EMERGENCY"];

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is not AlterDatabaseSetStatement set)
        {
            yield break;
        }

        string? option = Alone.FirstOrDefault(word => context.Sql.Contains(word, StringComparison.OrdinalIgnoreCase));
        if (set.Termination is { NoWait: false } || option is not null)
        {
            bool cuts = set.Termination is { NoWait: false };
            yield return new RiskFinding(Info.Id, Info.Level,
                cuts ? "The change rolls back the transactions of everybody else and cuts their connections." : $"SET {option} waits until every other session has left the database, and new ones wait behind it.",
                "Do it in a maintenance window, not in a migration.");
        }
    }
}
