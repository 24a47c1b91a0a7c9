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
        IReadOnlyList<string>? next = NewKey((AlterTable)context.Statement);
        if (primary && next is not null && (constraint is null || next.SequenceEqual(constraint.Definition.Columns, StringComparer.Ordinal)))
        {
            // The same key is built anew: what that costs, other rules say.
            return;
        }

        if (primary)
        {
            string[] children = [.. context.Table.ReferencedBy];
            string change = next is null
                ? $"{context.Table.Key} loses its primary key: until another one is added, duplicates can come in, and logical replication of updates and deletes fails."
                : $"The primary key of {context.Table.Key} changes from ({string.Join(", ", constraint!.Definition.Columns)}) to ({string.Join(", ", next)}): foreign keys, replicas and code that name rows by it must follow.";
            context.Report(this,
                $"{change}{(children.Length == 0 ? "" : action.Cascade ? $" CASCADE drops the foreign keys of {string.Join(", ", children)}." : $" The foreign keys of {string.Join(", ", children)} depend on it, so the server refuses (2BP01).")}",
                "Build the new key's unique index concurrently first, and replace the key in one short statement: DROP CONSTRAINT …, ADD PRIMARY KEY USING INDEX ….");
        }
    }

    // The columns of the key that the same statement adds; an index's columns are not asked for here.
    private static IReadOnlyList<string>? NewKey(AlterTable alter) =>
        alter.Actions.OfType<AddConstraint>().Select(add => add.Constraint)
            .Concat(alter.Actions.OfType<AddColumn>().SelectMany(add => add.Column.Constraints))
            .FirstOrDefault(added => added.Kind == ConstraintKind.PrimaryKey && added.UsingIndex is null)?.Columns;
}
