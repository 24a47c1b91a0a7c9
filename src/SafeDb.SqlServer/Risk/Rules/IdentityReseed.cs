using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>DBCC CHECKIDENT with RESEED.</summary>
internal sealed class IdentityReseed : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-identity-reseed", RiskLevel.Risky, "Numbers given before are given again, or new rows fail on a duplicate key.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is DbccStatement { Command: DbccCommand.CheckIdent } && context.Sql.Contains("RESEED", StringComparison.OrdinalIgnoreCase) && !context.Sql.Contains("NORESEED", StringComparison.OrdinalIgnoreCase))
        {
            yield return new RiskFinding(Info.Id, Info.Level, "The identity counter is set by hand: numbers that were given before can be given again, and inserts fail where they still exist.", "Set it no lower than the greatest number that was ever given, also outside this table.");
        }
    }
}
