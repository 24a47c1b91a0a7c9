using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>SET TABLESPACE and SET ACCESS METHOD copy the whole table under an exclusive lock.</summary>
internal sealed class MoveRewritesTable() : PgRule("move-rewrites-table", RiskLevel.Risky, "SET TABLESPACE and SET ACCESS METHOD copy the whole table under an exclusive lock.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        foreach (ActionImpact impact in context.Impact.Actions.Where(impact => impact.RewriteReason == "move"))
        {
            if (!context.Table.IsNew)
            {
                context.Report(this,
                    $"{context.Table.Key} is copied as a whole under an AccessExclusive lock: reads and writes wait{WorkEstimate.Rewrite(context.Table)}.",
                    "Do it in a maintenance window, or use pg_repack with a tablespace.",
                    new Report { Level = RuleContext.Sized(context.Table, Info.Level) });
            }
        }
    }
}
