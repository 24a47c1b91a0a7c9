using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>REFRESH MATERIALIZED VIEW keeps readers out until it is done.</summary>
internal sealed class RefreshBlocksReaders() : StatementRule<RefreshStatement>("refresh-blocks-readers", RiskLevel.Risky, "REFRESH MATERIALIZED VIEW keeps readers out until it is done.")
{
    /// <inheritdoc/>
    protected override void Check(RefreshStatement statement, RuleContext context)
    {
        PgTable view = context.Model.Get(statement.View);
        if (view.IsNew)
        {
            return;
        }

        bool unique = view.Indexes.Exists(index => index is { Unique: true, Plain: true });
        if (statement.Concurrently)
        {
            if (view is { IsKnown: true } && !unique)
            {
                context.Report(this, $"{view.Key} has no unique index on plain columns: the server refuses REFRESH … CONCURRENTLY (55000).", "Create a unique index on it first.", new Report { Relation = view.Key });
            }

            return;
        }

        context.Report(this,
            $"{view.Key} is locked AccessExclusive while its query runs: readers wait{WorkEstimate.Rewrite(view)}.",
            "Use REFRESH MATERIALIZED VIEW CONCURRENTLY, which needs a unique index on plain columns of the view and keeps only other writers out.",
            new Report { Relation = view.Key, SaferSql = unique ? new SaferScript().Migration($"REFRESH MATERIALIZED VIEW CONCURRENTLY {view.Key}").ToString() : null });
    }
}
