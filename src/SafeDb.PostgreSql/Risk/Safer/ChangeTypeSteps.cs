using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>A change of type by a second column.</summary>
internal static class ChangeTypeSteps
{
    /// <summary>The steps, or null when the column or its type is not known well enough.</summary>
    public static string? Of(RuleContext context, AlterColumnType action)
    {
        if (context.Table.Column(action.Column) is not { Type: { } old, Generated: null } column || context.Table.IsPartitioned || old.Serial || action.Collation is not null)
        {
            return null;
        }

        string name = PgName.Quote(action.Column);
        string added = $"{action.Column}_new";
        string forward = action.Using?.Text ?? $"{name}::{action.Type.Sql}";
        return ExpandSteps.Of(context, action.Column, added, action.Type, forward, null, column.NotNull, swap: true);
    }
}
