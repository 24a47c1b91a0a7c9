using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A value that does not fit the new type stops the migration after the wait.</summary>
internal sealed class ChangeTypeMayFail() : ActionRule<AlterColumnType>("change-type-may-fail", RiskLevel.Risky, "A value that does not fit the new type stops the migration after the wait.")
{
    /// <inheritdoc/>
    protected override void Check(AlterColumnType action, ActionImpact impact, RuleContext context)
    {
        if (impact.TypeChange is { Known: true, Data: TypeChangeData.MayFail })
        {
            PgType old = context.Table.Column(action.Column)!.Type!;
            context.Report(this,
                $"A value of {context.Table.Key}.{action.Column} ({old.Sql}) that does not fit {action.Type.Sql} stops the migration; nothing is lost, but the lock was held until then.{(TrimsBlanks(action, old) ? " Only blanks at the end that do not fit are taken off without a word." : "")}",
                "Count such values first (-Database does), and correct them in a migration of its own.",
                new Report { Probes = [.. TypeLoss.RangeProbe(context.Table.Key, action.Column, old, action.Type).Select(probe => probe with { FirstWhenAny = "First correct these values: with them the change fails." })] });
        }
    }

    // The standard has it so for varying strings, and the end of a fixed one is blank anyway.
    private static bool TrimsBlanks(AlterColumnType action, PgType old) => action.Type.Name == "character varying" && old.Is("text", "character varying", "citext");
}
