using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The server refuses the statement inside a transaction.</summary>
internal sealed class NotAllowedInTransaction() : PgRule("not-allowed-in-transaction", RiskLevel.Risky, "The server refuses the statement inside a transaction.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        bool concurrently = context.Statement is CreateIndex or DropObjects { Concurrently: true } or ReindexStatement { Concurrently: true } or AlterTable;
        if (!context.Impact.Transactional && !concurrently && context.State.InTransaction)
        {
            context.Report(this,
                $"The server refuses {context.Statement.Kind} inside a transaction (25001), and this file runs in one.",
                "Put the statement into a migration of its own that runs without a transaction (-- safedb:no-transaction, or your tool's own marker).");
        }
    }
}
