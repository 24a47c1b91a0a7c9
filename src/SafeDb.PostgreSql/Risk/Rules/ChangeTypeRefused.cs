using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The server refuses the change of type: a view or generated column uses the column, a USING is missing, or an index cannot be built for the new type.</summary>
internal sealed class ChangeTypeRefused() : ActionRule<AlterColumnType>("change-type-refused", RiskLevel.Risky, "The server refuses the change of type: a view or generated column uses the column, a USING is missing, or an index cannot be built for the new type.")
{
    /// <inheritdoc/>
    protected override void Check(AlterColumnType action, ActionImpact impact, RuleContext context)
    {
        if (impact.Error == "0A000")
        {
            context.Report(this,
                $"A view or generated column uses {context.Table.Key}.{action.Column}: the server refuses to change its type (0A000).",
                "Drop the view in the same transaction and create it again after the change, or expand and contract.");
        }
        else if (impact.Error == "42804")
        {
            context.Report(this,
                $"There is no automatic conversion of {context.Table.Key}.{action.Column} from {context.Table.Column(action.Column)?.Type?.Sql} to {action.Type.Sql}: the server asks for USING (42804).",
                $"Say how to convert: USING {PgName.Quote(action.Column)}::{action.Type.Sql}.");
        }
        else if (impact.Error == "42704")
        {
            context.Report(this,
                $"An index on {context.Table.Key}.{action.Column} needs an order that {action.Type.Sql} does not have: the server refuses the change (42704) after it has written the rows.",
                "Drop the index before, or index an expression of the new type.");
        }
    }
}
