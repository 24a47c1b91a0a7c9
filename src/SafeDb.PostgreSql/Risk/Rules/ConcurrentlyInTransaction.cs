using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>CONCURRENTLY cannot run inside a transaction.</summary>
internal sealed class ConcurrentlyInTransaction() : PgRule("concurrently-in-transaction", RiskLevel.Risky, "CONCURRENTLY cannot run inside a transaction.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        bool concurrently = context.Statement switch
        {
            CreateIndex { Concurrently: true } or DropObjects { Concurrently: true } or ReindexStatement { Concurrently: true } => true,
            AlterTable alter => alter.Actions.Any(action => action is DetachPartition { Concurrently: true }),
            _ => false,
        };
        if (concurrently && context.State.InTransaction)
        {
            context.Report(this,
                "The server refuses CONCURRENTLY inside a transaction (25001), and this file runs in one.",
                "Put the statement into a migration of its own that runs without a transaction (-- safedb:no-transaction, or your tool's own marker).",
                new Report { SaferSql = context.State.ExplicitTransaction ? null : "-- safedb:no-transaction\n" + new SaferScript().Migration(context.Sql) });
        }
    }
}
