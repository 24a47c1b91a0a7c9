using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>REFERENCES on a new column blocks writes of the referenced table too, and reads both tables when there is a default.</summary>
internal sealed class AddColumnForeignKey() : ActionRule<AddColumn>("add-column-foreign-key-locks-parent", RiskLevel.Risky, "REFERENCES on a new column blocks writes of the referenced table too, and reads both tables when there is a default.")
{
    /// <inheritdoc/>
    protected override void Check(AddColumn action, ActionImpact impact, RuleContext context)
    {
        TableConstraint? foreign = action.Column.Constraints.FirstOrDefault(constraint => constraint.Kind == ConstraintKind.ForeignKey);
        if (foreign is null || context.Model.Get(foreign.References!).IsNew)
        {
            return;
        }

        PgTable parent = context.Model.Get(foreign.References!);
        bool scans = impact.Partners.Any(partner => partner.Scan);
        context.Report(this,
            $"Besides {context.Table.Key}, {parent.Key} is locked ShareRowExclusive: its writers wait{(scans ? $", while every row is compared with it{WorkEstimate.Scan(context.Table)}" : " for a moment")}.",
            "Add the column alone, then the foreign key as NOT VALID, and validate it in the next migration.",
            new Report { Level = scans ? RuleContext.Sized(context.Table, Info.Level) : RiskLevel.Safe, SaferSql = scans ? AddColumnSteps.Of(context, action.Column) : null });
    }
}
