using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>DROP INDEX without CONCURRENTLY locks the table exclusively.</summary>
internal sealed class DropIndexBlocksTable() : StatementRule<DropObjects>("drop-index-blocks-table", RiskLevel.Risky, "DROP INDEX without CONCURRENTLY locks the table exclusively.")
{
    /// <inheritdoc/>
    protected override void Check(DropObjects statement, RuleContext context)
    {
        if (statement.ObjectKind != "INDEX" || statement.Concurrently)
        {
            return;
        }

        foreach (PgName name in statement.Names)
        {
            if (context.Model.FindIndex(name) is { Table.IsNew: true })
            {
                continue;
            }

            PgTable? table = context.Model.FindIndex(name)?.Table;
            context.Report(this,
                $"DROP INDEX takes an AccessExclusive lock on {table?.Key ?? "its table"}: behind one long query, every read and write of the table waits. Queries that used {name.Sql} become slow at once.",
                "Drop it CONCURRENTLY, outside a transaction, in a migration of its own.",
                new Report
                {
                    Relation = table?.Key,
                    Level = context.State.LockTimeout is not null && table is { Bytes: >= 0 and < WorkEstimate.TinyBytes } ? RiskLevel.Safe : Info.Level,
                    SaferSql = statement.Cascade || table is { IsPartitioned: true } ? null : new SaferScript().WithoutTransaction($"DROP INDEX CONCURRENTLY {(statement.IfExists ? "IF EXISTS " : "")}{name.Sql}").ToString(),
                });
        }
    }
}
