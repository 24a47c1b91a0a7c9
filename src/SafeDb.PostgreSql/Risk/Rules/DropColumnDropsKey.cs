using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>DROP COLUMN silently drops every key and index that the column is part of.</summary>
internal sealed class DropColumnDropsKey() : ActionRule<DropColumn>("drop-column-drops-key", RiskLevel.Risky, "DROP COLUMN silently drops every key and index that the column is part of.")
{
    /// <inheritdoc/>
    protected override void Check(DropColumn action, ActionImpact impact, RuleContext context)
    {
        foreach (PgConstraint constraint in context.Table.Constraints.Where(constraint => constraint.Definition.Columns.Contains(action.Column, StringComparer.Ordinal) && constraint.Definition.Columns.Count > 1
            && constraint.Definition.Kind is ConstraintKind.Unique or ConstraintKind.PrimaryKey or ConstraintKind.ForeignKey))
        {
            bool primary = constraint.Definition.Kind == ConstraintKind.PrimaryKey;
            context.Report(this,
                $"{action.Column} is part of {constraint.Name} ({string.Join(", ", constraint.Definition.Columns)}): the constraint and its index go with it, without a word.",
                "Decide what takes the constraint's place, and create it before the column goes.",
                new Report { Level = primary ? RiskLevel.Dangerous : Info.Level });
        }

        foreach (PgIndex index in context.Table.Indexes.Where(index => !index.OfConstraint && (index.Columns.Contains(action.Column, StringComparer.Ordinal) || index.Mentions.Contains(action.Column, StringComparer.Ordinal)) && index.Columns.Count > 1))
        {
            context.Report(this,
                $"{action.Column} is part of the index {index.Name}, which goes with it, without a word.",
                "Build an index on the remaining columns concurrently before, if queries need it.",
                new Report { Level = index.Unique ? Info.Level : RiskLevel.Safe });
        }
    }
}
