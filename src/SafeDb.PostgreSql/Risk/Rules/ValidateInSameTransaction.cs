using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>VALIDATE in the transaction that added the constraint keeps the first step's lock through the scan.</summary>
internal sealed class ValidateInSameTransaction() : ActionRule<ValidateConstraint>("validate-in-same-transaction", RiskLevel.Risky, "VALIDATE in the transaction that added the constraint keeps the first step's lock through the scan.")
{
    /// <inheritdoc/>
    protected override void Check(ValidateConstraint action, ActionImpact impact, RuleContext context)
    {
        PgConstraint? constraint = context.Table.Constraint(action.Name);
        if (context.State.InTransaction && impact.Scan && constraint is { AddedInTransaction: > 0 } && constraint.AddedInTransaction == context.State.Transaction)
        {
            context.Report(this,
                $"{action.Name} was added in this transaction, whose lock on {context.Table.Key} is held while VALIDATE reads every row{WorkEstimate.Scan(context.Table)}: NOT VALID gained nothing.",
                "Validate in the next migration, in a transaction of its own.",
                new Report { Level = RuleContext.Sized(context.Table, Info.Level) });
        }
    }
}
