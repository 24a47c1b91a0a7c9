using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>SET LOGGED and SET UNLOGGED write the table anew; an unlogged table is empty after a crash.</summary>
internal sealed class SetLoggedRewritesTable() : ActionRule<SetLogged>("set-logged-rewrites-table", RiskLevel.Risky, "SET LOGGED and SET UNLOGGED write the table anew; an unlogged table is empty after a crash.")
{
    /// <inheritdoc/>
    protected override void Check(SetLogged action, ActionImpact impact, RuleContext context)
    {
        context.Report(this,
            $"{context.Table.Key} is written anew under an AccessExclusive lock: reads and writes wait{WorkEstimate.Rewrite(context.Table)}.{(action.Logged ? "" : " From then on a crash empties it, and replicas do not have it.")}",
            action.Logged ? "Do it in a maintenance window, or fill a logged table in batches and swap it in." : "Keep it logged unless losing every row is acceptable.",
            new Report { Level = action.Logged ? RuleContext.Sized(context.Table, Info.Level) : RiskLevel.Dangerous });
    }
}
