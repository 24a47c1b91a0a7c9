using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>CREATE INDEX without CONCURRENTLY blocks writes until the index is built.</summary>
internal sealed class CreateIndexBlocksWrites() : StatementRule<CreateIndex>("create-index-blocks-writes", RiskLevel.Risky, "CREATE INDEX without CONCURRENTLY blocks writes until the index is built.")
{
    /// <inheritdoc/>
    protected override void Check(CreateIndex statement, RuleContext context)
    {
        PgTable table = context.Model.Get(statement.Table);
        if (statement.Concurrently || table.IsNew || (statement.Only && table.IsPartitioned))
        {
            return;
        }

        string index = statement.Name is null ? "" : PgName.Quote(statement.Name) + " ";
        bool partitioned = table.IsPartitioned;
        context.Report(this,
            $"CREATE INDEX takes a Share lock on {table.Key}{(partitioned ? " and every partition" : "")}: writes wait until the index is built{WorkEstimate.Index(table)}.",
            partitioned ? "Create the index ON ONLY the parent, build one concurrently on each partition, and attach them." : "Build it CONCURRENTLY, outside a transaction, in a migration of its own.",
            new Report
            {
                Relation = table.Key,
                Level = RuleContext.Sized(table, Info.Level),
                SaferSql = partitioned ? IndexSteps.Partitioned(statement, table, context.Model) : new SaferScript().WithoutTransaction($"CREATE {(statement.Unique ? "UNIQUE " : "")}INDEX CONCURRENTLY {index}ON {statement.Rest}").ToString(),
                Probes = ConstraintSteps.Duplicates(table, statement),
            });
    }
}
