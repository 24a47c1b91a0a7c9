using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>CREATE INDEX CONCURRENTLY does not work on a partitioned table.</summary>
internal sealed class ConcurrentIndexOnPartitionedTable() : StatementRule<CreateIndex>("concurrent-index-on-partitioned-table", RiskLevel.Risky, "CREATE INDEX CONCURRENTLY does not work on a partitioned table.")
{
    /// <inheritdoc/>
    protected override void Check(CreateIndex statement, RuleContext context)
    {
        PgTable table = context.Model.Get(statement.Table);
        if (statement.Concurrently && table.IsPartitioned)
        {
            context.Report(this,
                $"{table.Key} is partitioned: the server refuses CREATE INDEX CONCURRENTLY on it (0A000).",
                "Create the index ON ONLY the parent, build one concurrently on each partition, and attach them.",
                new Report { Relation = table.Key, SaferSql = IndexSteps.Partitioned(statement, table, context.Model) });
        }
    }
}
