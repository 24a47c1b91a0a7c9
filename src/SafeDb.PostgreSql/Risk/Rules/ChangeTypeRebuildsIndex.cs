using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The change of type leaves the rows but builds indexes anew under an exclusive lock.</summary>
internal sealed class ChangeTypeRebuildsIndex() : ActionRule<AlterColumnType>("change-type-rebuilds-index", RiskLevel.Risky, "The change of type leaves the rows but builds indexes anew under an exclusive lock.")
{
    /// <inheritdoc/>
    protected override void Check(AlterColumnType action, ActionImpact impact, RuleContext context)
    {
        if (impact.RebuiltIndexes.Count > 0)
        {
            context.Report(this,
                $"The rows stay, but {string.Join(", ", impact.RebuiltIndexes.Select(index => index.Name))} must be built anew under an AccessExclusive lock on {context.Table.Key}: reads and writes wait{WorkEstimate.Index(context.Table)}.",
                "Drop the index concurrently before, change the type, and build it concurrently afterwards.",
                new Report { Level = RuleContext.Sized(context.Table, Info.Level) });
        }
        else if (impact.TypeChange?.Cost == TypeChangeCost.IndexRebuild && !context.Table.IsKnown)
        {
            context.Report(this,
                $"The rows stay, but every index on {context.Table.Key}.{action.Column} (not known here) must be built anew under an AccessExclusive lock.",
                "Ask the database for its indexes (-Database), or drop them concurrently before and build them concurrently afterwards.",
                new Report { Level = RiskLevel.Safe });
        }
    }
}
