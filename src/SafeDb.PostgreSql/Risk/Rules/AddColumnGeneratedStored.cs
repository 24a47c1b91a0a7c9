using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A stored generated column is worked out for every row, so the table is written anew.</summary>
internal sealed class AddColumnGeneratedStored() : ActionRule<AddColumn>("add-column-generated-stored", RiskLevel.Risky, "A stored generated column is worked out for every row, so the table is written anew.")
{
    /// <inheritdoc/>
    protected override void Check(AddColumn action, ActionImpact impact, RuleContext context)
    {
        if (impact.RewriteReason == "generated")
        {
            context.Report(this,
                $"The stored generated column {context.Table.Key}.{action.Column.Name} writes every row and builds every index anew under an AccessExclusive lock: reads and writes wait{WorkEstimate.Rewrite(context.Table)}.",
                "Compute it in a view or in the query, fill a plain column in batches and keep it by a trigger, or use a VIRTUAL column from PostgreSQL 18 on.",
                new Report { Level = RuleContext.Sized(context.Table, Info.Level) });
        }
    }
}
