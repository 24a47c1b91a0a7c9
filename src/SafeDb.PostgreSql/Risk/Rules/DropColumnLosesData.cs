using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>DROP COLUMN takes the column's values for good, and running code that selects it fails.</summary>
internal sealed class DropColumnLosesData() : ActionRule<DropColumn>("drop-column-loses-data", RiskLevel.Risky, "DROP COLUMN takes the column's values for good, and running code that selects it fails.")
{
    /// <inheritdoc/>
    protected override void Check(DropColumn action, ActionImpact impact, RuleContext context)
    {
        if (impact.NoOp || (action.IfExists && context.Table.IsKnown && context.Table.Column(action.Column) is null))
        {
            return;
        }

        string[] views = [.. context.Model.ReadersOf(context.Table.Key).Where(view => view.Mentions.Contains(action.Column, StringComparer.Ordinal)).Select(view => view.Key).Concat(context.State.Live?.UsersOf(context.Table.Key, action.Column) ?? []).Distinct(StringComparer.Ordinal)];
        string dependents = views.Length == 0 ? "" : action.Cascade ? $" CASCADE drops {string.Join(", ", views)} with it." : $" {string.Join(", ", views)} uses it, so the server refuses (2BP01).";
        context.Report(this,
            $"The values of {context.Table.Key}.{action.Column} are gone at the commit, and code that still names the column fails.{dependents}",
            "Stop using the column in a release before; keep its values in a table or backup; drop it one release later.",
            new Report
            {
                Level = action.Cascade && views.Length > 0 ? RiskLevel.Dangerous : Info.Level,
                Probes = [new RiskProbe($"values in {context.Table.Key}.{action.Column}", $"SELECT count({PgName.Quote(action.Column)}) FROM {context.Table.Key}")],
            });
    }
}
