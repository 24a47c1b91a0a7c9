using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>SET EXPRESSION works the column out anew for every row under an exclusive lock.</summary>
internal sealed class SetExpressionRewritesTable() : ActionRule<SetExpression>("set-expression-rewrites-table", RiskLevel.Risky, "SET EXPRESSION works the column out anew for every row under an exclusive lock.")
{
    /// <inheritdoc/>
    protected override void Check(SetExpression action, ActionImpact impact, RuleContext context)
    {
        context.Report(this,
            context.State.Major < 17
                ? $"SET EXPRESSION exists from PostgreSQL 17 on; this server refuses it."
                : $"Every row of {context.Table.Key} is written anew under an AccessExclusive lock to work {action.Column} out again: reads and writes wait{WorkEstimate.Rewrite(context.Table)}.",
            "Add a second column with the new expression in a maintenance window, or compute it in a view.",
            new Report { Level = RuleContext.Sized(context.Table, Info.Level) });
    }
}
