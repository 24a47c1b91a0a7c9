using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>REINDEX blocks writes to the table, and reads that would use the index.</summary>
internal sealed class ReindexBlocksWrites() : StatementRule<ReindexStatement>("reindex-blocks-writes", RiskLevel.Risky, "REINDEX blocks writes to the table, and reads that would use the index.")
{
    /// <inheritdoc/>
    protected override void Check(ReindexStatement statement, RuleContext context)
    {
        if (statement.Concurrently)
        {
            return;
        }

        string what = $"{statement.Target} {statement.Name?.Sql}".TrimEnd();
        bool database = statement.Target is "DATABASE" or "SYSTEM" or "SCHEMA";
        context.Report(this,
            $"REINDEX {what} takes a Share lock on {(database ? "each table in turn" : "the table")} and AccessExclusive on each index: writes wait, and so does every query that plans with the index.",
            "Use REINDEX … CONCURRENTLY, outside a transaction.",
            new Report { SaferSql = statement.Target == "SYSTEM" ? null : new SaferScript().WithoutTransaction($"REINDEX {statement.Target} CONCURRENTLY {statement.Name?.Sql}".TrimEnd()).ToString() });
    }
}
