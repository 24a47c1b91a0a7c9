using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A CHECK, UNIQUE or PRIMARY KEY written with a new column reads the table or builds an index under an exclusive lock.</summary>
internal sealed class AddColumnInlineConstraint() : ActionRule<AddColumn>("add-column-inline-constraint", RiskLevel.Risky, "A CHECK, UNIQUE or PRIMARY KEY written with a new column reads the table or builds an index under an exclusive lock.")
{
    /// <inheritdoc/>
    protected override void Check(AddColumn action, ActionImpact impact, RuleContext context)
    {
        TableConstraint? constraint = action.Column.Constraints.FirstOrDefault(constraint => constraint.Kind != ConstraintKind.ForeignKey && !constraint.NotEnforced);
        if (constraint is null || impact.Rewrite || impact.Error is not null)
        {
            return;
        }

        bool key = constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique;
        context.Report(this,
            $"The {(key ? "key" : "CHECK")} on the new column {context.Table.Key}.{action.Column.Name} {(key ? "builds an index" : "reads every row")} under an AccessExclusive lock: reads and writes wait{WorkEstimate.Scan(context.Table)}.",
            key ? "Add the column alone, build a unique index concurrently, and attach it as the constraint." : "Add the column alone; add the CHECK as NOT VALID and validate it in the next migration.",
            new Report { Level = RuleContext.Sized(context.Table, Info.Level), SaferSql = AddColumnSteps.Of(context, action.Column) });
    }
}
