using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>What is not committed is lost when the connection closes.</summary>
internal sealed class TransactionLeftOpen : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("transaction-left-open", RiskLevel.Risky, "The file begins a transaction and does not end it.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is Transaction { Form: "Begin" } && !context.File.Statements.Skip(context.Index + 1).Any(statement => statement is Transaction { Form: "Commit" or "Rollback" }))
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, "The transaction is never committed: everything after BEGIN is lost when the connection closes.", "End it with COMMIT."));
        }
    }
}
