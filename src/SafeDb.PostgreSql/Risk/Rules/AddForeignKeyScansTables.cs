using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ADD FOREIGN KEY reads both tables while writes to both wait.</summary>
internal sealed class AddForeignKeyScansTables() : ActionRule<AddConstraint>("add-foreign-key-scans-tables", RiskLevel.Risky, "ADD FOREIGN KEY reads both tables while writes to both wait.")
{
    /// <inheritdoc/>
    protected override void Check(AddConstraint action, ActionImpact impact, RuleContext context)
    {
        if (action.Constraint.Kind != ConstraintKind.ForeignKey || !impact.Scan)
        {
            return;
        }

        PgTable parent = context.Model.Get(action.Constraint.References!);
        bool partitioned = context.Table.IsPartitioned && context.State.Major < 18;
        context.Report(this,
            parent.IsNew
                ? $"{context.Table.Key} is locked ShareRowExclusive while each of its rows is looked up in {parent.Key}: writes wait{WorkEstimate.Scan(context.Table)}."
                : $"{context.Table.Key} and {parent.Key} are both locked ShareRowExclusive while every row is looked up: writes to both wait{WorkEstimate.Scan(context.Table)}.",
            partitioned
                ? "On a partitioned table NOT VALID is not possible before PostgreSQL 18: add the foreign key to each partition as NOT VALID, validate it there, and then add it to the parent, which finds them."
                : "Add it as NOT VALID, which binds new rows at once, and validate it in the next migration, which lets reads and writes go on.",
            new Report
            {
                Level = RuleContext.Sized(context.Table, Info.Level),
                SaferSql = partitioned ? null : ConstraintSteps.NotValidThenValidate(context, action.Constraint),
                Probes = ConstraintSteps.Orphans(context, action.Constraint, parent),
            });
    }
}
