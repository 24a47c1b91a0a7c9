using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The change of type alters values without a word: rounded, cut, shifted, or keys lost.</summary>
internal sealed class ChangeTypeLosesData() : ActionRule<AlterColumnType>("change-type-loses-data", RiskLevel.Risky, "The change of type alters values without a word: rounded, cut, shifted, or keys lost.")
{
    /// <inheritdoc/>
    protected override void Check(AlterColumnType action, ActionImpact impact, RuleContext context)
    {
        if (impact.TypeChange is not { Known: true, Data: TypeChangeData.SilentChange or TypeChangeData.MayFailOrChange } change)
        {
            return;
        }

        PgType old = context.Table.Column(action.Column)!.Type!;
        string column = PgName.Quote(action.Column);
        string converted = action.Using?.Text ?? $"{column}::{action.Type.Sql}";
        context.Report(this,
            $"{old.Sql} does not fit into {action.Type.Sql}: {TypeLoss.Describe(old, action.Type)} in {context.Table.Key}.{action.Column}, and no error tells{(change.Data == TypeChangeData.MayFailOrChange ? "; other values stop the migration" : "")}.",
            "Keep the old column until the values of the new one are compared with it, or choose a type that holds them all.",
            new Report
            {
                Level = change.Data == TypeChangeData.SilentChange ? RiskLevel.Dangerous : Info.Level,
                Probes = TypeLoss.IsComparable(old, action.Type) && change.Data == TypeChangeData.SilentChange
                    ? [new RiskProbe($"values of {context.Table.Key}.{action.Column} that would change", $"SELECT count(*) FROM {context.Table.Key} WHERE ({converted})::{old.Sql} IS DISTINCT FROM {column}") { LevelWhenZero = RiskLevel.Risky, LevelWhenAny = RiskLevel.Dangerous }]
                    : TypeLoss.RangeProbe(context.Table.Key, action.Column, old, action.Type),
            });
    }
}
