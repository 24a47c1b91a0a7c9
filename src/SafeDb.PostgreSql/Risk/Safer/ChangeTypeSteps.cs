using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>A change of type by a second column.</summary>
internal static class ChangeTypeSteps
{
    /// <summary>The steps, or null when the column or its type is not known well enough.</summary>
    public static string? Of(RuleContext context, AlterColumnType action, bool needsUsing)
    {
        // What the server refuses without USING has no safer way before somebody says how the values are to be converted.
        if (needsUsing || context.Table.Column(action.Column) is not { Type: { } old, Generated: null } column || context.Table.IsPartitioned || old.Serial || action.Collation is not null)
        {
            return null;
        }

        string name = PgName.Quote(action.Column);
        string added = $"{action.Column}_new";

        // Without USING the values are assigned, here as in the ALTER: what is too long is refused, where an explicit cast would cut it.
        string forward = action.Using?.Text ?? name;
        return ExpandSteps.Of(context, action.Column, added, action.Type, forward, null, column.NotNull, swap: true);
    }
}
