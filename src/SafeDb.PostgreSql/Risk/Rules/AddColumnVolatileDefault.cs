using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A default that differs per row makes ADD COLUMN write the whole table under an exclusive lock.</summary>
internal sealed class AddColumnVolatileDefault() : ActionRule<AddColumn>("add-column-volatile-default", RiskLevel.Risky, "A default that differs per row makes ADD COLUMN write the whole table under an exclusive lock.")
{
    /// <inheritdoc/>
    protected override void Check(AddColumn action, ActionImpact impact, RuleContext context)
    {
        if (impact.RewriteReason is not ("volatile" or "unknown") || DefaultVolatility.FirstVolatile(action.Column.Default!, context.Model) is not { } call)
        {
            return;
        }

        string why = impact.RewriteReason == "volatile" ? $"{call.Call.Name}() gives every row another value" : $"{call.Call.Name}() is not known and may give every row another value";
        context.Report(this,
            $"{why}, so adding {context.Table.Key}.{action.Column.Name} writes every row and builds every index anew under an AccessExclusive lock: reads and writes wait{WorkEstimate.Rewrite(context.Table)}.",
            "Add the column without the default, set the default for new rows, and fill old rows in batches.",
            new Report { Level = RuleContext.Sized(context.Table, Info.Level), SaferSql = AddColumnSteps.Of(context, action.Column) });
    }
}
