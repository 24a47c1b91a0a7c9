using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The change of type writes every row and every index anew under an exclusive lock.</summary>
internal sealed class ChangeTypeRewritesTable() : ActionRule<AlterColumnType>("change-type-rewrites-table", RiskLevel.Risky, "The change of type writes every row and every index anew under an exclusive lock.")
{
    /// <inheritdoc/>
    protected override void Check(AlterColumnType action, ActionImpact impact, RuleContext context)
    {
        if (!impact.Rewrite)
        {
            return;
        }

        PgType? old = context.Table.Column(action.Column)?.Type;
        string types = old is null ? $"to {action.Type.Sql} (its type now is not known, so the worst is assumed)" : $"from {old.Sql} to {action.Type.Sql}";
        context.Report(this,
            $"Changing {context.Table.Key}.{action.Column} {types} writes every row and builds every index anew under an AccessExclusive lock: reads and writes wait{WorkEstimate.Rewrite(context.Table)}.{RuleContext.Partners(impact)} Prepared statements that return the column fail afterwards until sessions reconnect.",
            "Add a column of the new type, keep both the same by a trigger, fill it in batches, and swap the names.",
            new Report { Level = RuleContext.Sized(context.Table, Info.Level), SaferSql = ChangeTypeSteps.Of(context, action, impact.TypeChange?.NeedsUsing == true) });
    }
}
