using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A foreign key whose columns no index begins with makes each delete of a parent read the child.</summary>
internal sealed class ForeignKeyWithoutIndex() : PgRule("foreign-key-without-index", RiskLevel.Safe, "A foreign key whose columns no index begins with makes each delete of a parent read the child.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        (PgTable? table, IReadOnlyList<TableConstraint> added) = context.Statement switch
        {
            AlterTable alter when !context.Table.IsNew || context.Table.IsKnown => (context.Table, [.. alter.Actions.OfType<AddConstraint>().Select(add => add.Constraint).Where(constraint => constraint.Kind == ConstraintKind.ForeignKey)]),
            _ => ((PgTable?)null, (IReadOnlyList<TableConstraint>)[]),
        };
        foreach (TableConstraint foreign in added.Where(_ => table!.IsKnown))
        {
            bool covered = table!.Indexes.Exists(index => index.Columns.Take(foreign.Columns.Count).OfType<string>().ToHashSet(StringComparer.Ordinal).SetEquals(foreign.Columns));
            if (!covered)
            {
                context.Report(this,
                    $"No index of {table.Key} begins with {string.Join(", ", foreign.Columns)}: every delete or key change in {context.Model.Key(foreign.References!)} reads the whole table.",
                    "Build an index on the columns concurrently.",
                    new Report { Relation = table.Key });
            }
        }
    }
}
