using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A value added to an enum cannot be used before the transaction that added it is committed.</summary>
internal sealed class EnumValueUsedInSameTransaction() : PgRule("enum-value-used-in-same-transaction", RiskLevel.Risky, "A value added to an enum cannot be used before the transaction that added it is committed.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        if (!context.State.InTransaction)
        {
            return;
        }

        // A default in CREATE or ALTER TABLE is stored without being looked up as a value only when it is a literal of the same type: it is looked up, so it counts.
        foreach (PgUserType type in context.Model.Types.Where(type => type.NewValues.Count > 0))
        {
            (string Value, int Transaction) used = type.NewValues.Find(added => added.Transaction == context.State.Transaction && context.Uses(added.Value));
            if (used.Value is not null)
            {
                context.Report(this,
                    $"'{used.Value}' was added to {type.Name} in this transaction: using it before the commit fails (55P04).",
                    "Add the value in a migration of its own, and use it in the next one.");
            }
        }
    }
}
