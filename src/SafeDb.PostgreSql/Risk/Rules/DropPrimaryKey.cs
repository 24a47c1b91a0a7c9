using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Dropping the primary key takes what identifies rows: for foreign keys, replication and code.</summary>
internal sealed class DropPrimaryKey() : ActionRule<DropConstraint>("drop-primary-key", RiskLevel.Dangerous, "Dropping the primary key takes what identifies rows: for foreign keys, replication and code.")
{
    /// <inheritdoc/>
    protected override void Check(DropConstraint action, ActionImpact impact, RuleContext context)
    {
        PgConstraint? constraint = context.Table.Constraint(action.Name);
        bool primary = constraint?.Definition.Kind == ConstraintKind.PrimaryKey || (constraint is null && action.Name.EndsWith("_pkey", StringComparison.Ordinal));
        if (primary)
        {
            string[] children = [.. context.Table.ReferencedBy];
            context.Report(this,
                $"{context.Table.Key} has no primary key from here on: duplicates can come in, and logical replication of updates and deletes fails.{(children.Length == 0 ? "" : action.Cascade ? $" CASCADE drops the foreign keys of {string.Join(", ", children)}." : $" The foreign keys of {string.Join(", ", children)} depend on it, so the server refuses (2BP01).")}",
                "Build the new key's unique index concurrently first, and replace the key in one short statement: DROP CONSTRAINT …, ADD PRIMARY KEY USING INDEX ….");
        }
    }
}
