using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>A switch that does nothing.</summary>
internal sealed class ForeignKeysPragmaInTransaction : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("foreign-keys-pragma-in-transaction", RiskLevel.Risky, "PRAGMA foreign_keys does nothing inside a transaction.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is Pragma { Name: "foreign_keys", Value: not null } && context.State.InTransaction)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, "Inside a transaction PRAGMA foreign_keys does nothing and says nothing: the setting stays as it was.",
                "Put it before BEGIN. A file that a runner wraps in a transaction must ask it not to (-- safedb:no-transaction) and begin its own."));
        }
    }
}
