using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A serial or identity column numbers every row, so the table is written anew.</summary>
internal sealed class AddColumnSerial() : ActionRule<AddColumn>("add-column-serial", RiskLevel.Risky, "A serial or identity column numbers every row, so the table is written anew.")
{
    /// <inheritdoc/>
    protected override void Check(AddColumn action, ActionImpact impact, RuleContext context)
    {
        if (impact.RewriteReason is "serial" or "identity")
        {
            context.Report(this,
                $"Adding the {impact.RewriteReason} column {context.Table.Key}.{action.Column.Name} writes every row and builds every index anew under an AccessExclusive lock: reads and writes wait{WorkEstimate.Rewrite(context.Table)}.",
                "Add a plain column, number old rows in batches from a sequence of your own, then attach the sequence.",
                new Report { Level = RuleContext.Sized(context.Table, Info.Level), SaferSql = AddColumnSteps.Of(context, action.Column) });
        }
    }
}
