using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>LOCK TABLE keeps others out until the transaction ends.</summary>
internal sealed class LockTable() : StatementRule<LockStatement>("lock-table", RiskLevel.Risky, "LOCK TABLE keeps others out until the transaction ends.")
{
    /// <inheritdoc/>
    protected override void Check(LockStatement statement, RuleContext context)
    {
        PgTable[] tables = [.. statement.Tables.Select(context.Model.Get).Where(table => !table.IsNew)];
        if (tables.Length > 0 && statement.Mode is "AccessExclusive" or "Exclusive" or "ShareRowExclusive" or "Share")
        {
            context.Report(this,
                $"{string.Join(", ", tables.Select(table => table.Key))}: {(statement.Mode == "AccessExclusive" ? "reads and writes wait" : "writes wait")} until this transaction ends.",
                "Lock in the weakest mode that serves, as late as possible, with a lock_timeout.",
                new Report { Relation = tables[0].Key });
        }
    }
}
