using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A disabled trigger leaves rows unchecked; ALL includes the foreign keys.</summary>
internal sealed class DisableTrigger() : ActionRule<SetTrigger>("disable-trigger", RiskLevel.Risky, "A disabled trigger leaves rows unchecked; ALL includes the foreign keys.")
{
    /// <inheritdoc/>
    protected override void Check(SetTrigger action, ActionImpact impact, RuleContext context)
    {
        if (!action.Enable)
        {
            bool all = action.Trigger is "all";
            context.Report(this,
                $"{(all ? "Every trigger, foreign keys included," : $"Trigger {action.Trigger}")} of {context.Table.Key} stops: rows written meanwhile are never checked, also after ENABLE. Writes wait for the ShareRowExclusive lock.",
                "Use session_replication_role in the one session that needs it, or correct the rows with the triggers on.",
                new Report { Level = all ? RiskLevel.Dangerous : Info.Level });
        }
    }
}
