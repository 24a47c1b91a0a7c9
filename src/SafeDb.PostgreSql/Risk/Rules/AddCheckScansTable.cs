using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ADD CHECK reads the whole table under an exclusive lock.</summary>
internal sealed class AddCheckScansTable() : ActionRule<AddConstraint>("add-check-scans-table", RiskLevel.Risky, "ADD CHECK reads the whole table under an exclusive lock.")
{
    /// <inheritdoc/>
    protected override void Check(AddConstraint action, ActionImpact impact, RuleContext context)
    {
        TableConstraint constraint = action.Constraint;
        if (constraint.Kind is not (ConstraintKind.Check or ConstraintKind.NotNull) || !impact.Scan)
        {
            return;
        }

        string condition = constraint.Kind == ConstraintKind.Check ? constraint.Check!.Text : $"{PgName.Quote(constraint.Columns[0])} IS NOT NULL";
        context.Report(this,
            $"The new {(constraint.Kind == ConstraintKind.Check ? "CHECK" : "NOT NULL")} reads every row of {context.Table.Key} under an AccessExclusive lock: reads and writes wait{WorkEstimate.Scan(context.Table)}.",
            "Add it as NOT VALID, which binds new rows at once, and validate it in the next migration, which lets reads and writes go on.",
            new Report
            {
                Level = RuleContext.Sized(context.Table, Info.Level),
                SaferSql = ConstraintSteps.NotValidThenValidate(context, constraint),
                Probes = [new RiskProbe($"rows of {context.Table.Key} that the CHECK refuses", $"SELECT count(*) FROM {context.Table.Key} WHERE NOT ({condition})")
                {
                    LevelWhenAny = RiskLevel.Dangerous, FirstWhenAny = "First correct these rows, in a migration of its own: with them the constraint fails, and so does the VALIDATE of the safer way.",
                }],
            });
    }
}
