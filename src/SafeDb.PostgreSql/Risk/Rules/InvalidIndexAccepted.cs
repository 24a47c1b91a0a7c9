using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>IF NOT EXISTS takes the invalid rest of a failed concurrent build for the index.</summary>
internal sealed class InvalidIndexAccepted() : StatementRule<CreateIndex>("invalid-index-accepted", RiskLevel.Safe, "IF NOT EXISTS takes the invalid rest of a failed concurrent build for the index.")
{
    /// <inheritdoc/>
    protected override void Check(CreateIndex statement, RuleContext context)
    {
        PgTable table = context.Model.Get(statement.Table);
        if (!statement.IfNotExists || statement.Name is null || table.IsNew)
        {
            return;
        }

        PgIndex? existing = table.Indexes.Find(index => index.Name == statement.Name);
        bool invalid = existing is { Invalid: true };
        if (statement.Concurrently || invalid)
        {
            context.Report(this,
                invalid ? $"{statement.Name} exists and is INVALID: IF NOT EXISTS accepts it, and no query will ever use it." : $"When an earlier build of {statement.Name} failed, its invalid rest has this name, and IF NOT EXISTS accepts it without a word.",
                "Drop the index concurrently first (DROP INDEX CONCURRENTLY IF EXISTS), or check pg_index.indisvalid afterwards.",
                new Report { Relation = table.Key, Level = invalid ? RiskLevel.Dangerous : Info.Level });
        }
    }
}
