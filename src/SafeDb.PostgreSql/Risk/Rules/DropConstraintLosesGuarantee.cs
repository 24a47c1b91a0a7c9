using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Rows that the constraint would have refused come in from the commit on.</summary>
internal sealed class DropConstraintLosesGuarantee() : ActionRule<DropConstraint>("drop-constraint-loses-guarantee", RiskLevel.Risky, "Rows that the constraint would have refused come in from the commit on.")
{
    /// <inheritdoc/>
    protected override void Check(DropConstraint action, ActionImpact impact, RuleContext context)
    {
        PgConstraint? constraint = context.Table.Constraint(action.Name);
        ConstraintKind? kind = constraint?.Definition.Kind;
        // A CHECK that only proved NOT NULL, or said what a partition's bound says, has done its work.
        bool helper = kind is ConstraintKind.Check or ConstraintKind.NotNull && constraint!.Definition.Columns.Concat(context.Table.Columns.Select(column => column.Name))
            .Any(column => NotNullProof.Proves(constraint.Definition, column) && (context.Table.Column(column)?.NotNull == true || ((AlterTable)context.Statement).Actions.OfType<SetNotNull>().Any(set => set.Column == column)));
        helper |= kind == ConstraintKind.Check && context.Table.Parent is { } parentKey && context.Model.ByKey(parentKey) is { } parent
            && constraint!.Definition.Check!.Names.All(name => parent.PartitionColumns.Contains(name, StringComparer.Ordinal) || context.Table.Column(name) is null);
        bool replaced = ((AlterTable)context.Statement).Actions.OfType<AddConstraint>().Any(add => add.Constraint.Name == action.Name);
        if (kind == ConstraintKind.PrimaryKey || (kind is null && action.Name.EndsWith("_pkey", StringComparison.Ordinal)) || helper || replaced || (constraint is null && context.Table.IsKnown && action.IfExists))
        {
            return;
        }

        context.Report(this,
            $"Without {action.Name}, {context.Table.Key} takes rows that it refused before{(kind is ConstraintKind.Unique ? ", its index is gone, and queries that used it become slow" : "")}{(kind == ConstraintKind.ForeignKey ? ", and orphans can appear" : "")}; bringing it back needs clean rows.",
            "Add what takes its place first, and drop it when nothing relies on it.");
    }
}
