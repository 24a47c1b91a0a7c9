using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The server refuses the statement because of tables that hang on the named one.</summary>
internal sealed class StatementRefused() : PgRule("statement-refused", RiskLevel.Risky, "The server refuses the statement because of tables that hang on the named one.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        if (context.Statement is TruncateStatement { Cascade: false } truncate)
        {
            Truncate(truncate, context);
        }
        else if (context.Statement is AlterTable { Only: true } alter && context.Table.Children.Count > 0)
        {
            foreach (AlterAction action in alter.Actions)
            {
                Only(action, context);
            }
        }
    }

    private void Truncate(TruncateStatement truncate, RuleContext context)
    {
        HashSet<string> named = [.. truncate.Tables.SelectMany(name => WithChildren(context.Model.Get(name), context.Model))];
        foreach (PgTable table in truncate.Tables.Select(context.Model.Get))
        {
            if (table.ReferencedBy.FirstOrDefault(key => !named.Contains(key) && context.Model.ByKey(key) is not null) is { } child)
            {
                context.Report(this,
                    $"{child} has a foreign key to {table.Key} and is not named: the server refuses the TRUNCATE (0A000), even when {child} is empty.",
                    $"Name {child} too if its rows shall go, or DELETE in batches. CASCADE empties it without asking.",
                    new Report { Relation = table.Key });
                return;
            }
        }
    }

    private void Only(AlterAction action, RuleContext context)
    {
        bool partitioned = context.Table.IsPartitioned;
        string? what = action switch
        {
            AddColumn => "a column must be added to the children too",
            AddConstraint { Constraint: { Kind: ConstraintKind.Check, NoInherit: false } } => "a CHECK must be added to the children too",
            AlterColumnType => "the type must be changed in the children too",
            RenameColumn => "a column must be renamed in the children too",
            SetNotNull set when partitioned && context.State.Major < 18 && !AllSet(set.Column, context) => "NOT NULL must be set on the partitions too",
            DropColumn when partitioned => "a column cannot be dropped from the parent alone",
            _ => null,
        };
        if (what is not null)
        {
            context.Report(this,
                $"{context.Table.Key} has {(partitioned ? "partitions" : "children")}, so {what}: the server refuses ALTER TABLE ONLY (42P16).",
                action is AddConstraint && !partitioned ? "Leave ONLY away, or add the CHECK as NO INHERIT." : "Leave ONLY away.");
        }
    }

    private static bool AllSet(string column, RuleContext context) =>
        context.Table.Children.TrueForAll(key => context.Model.ByKey(key)?.Column(column)?.NotNull == true);

    private static IEnumerable<string> WithChildren(PgTable table, PgModel model) =>
        table.Children.SelectMany(key => model.ByKey(key) is { } child && child != table ? WithChildren(child, model) : [key]).Prepend(table.Key);
}
