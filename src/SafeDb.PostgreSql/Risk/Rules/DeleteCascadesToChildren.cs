using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A DELETE takes the rows of tables with ON DELETE CASCADE with it.</summary>
internal sealed class DeleteCascadesToChildren() : PgRule("delete-cascades-to-children", RiskLevel.Risky, "A DELETE takes the rows of tables with ON DELETE CASCADE with it.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        if (context.Statement is not QueryStatement { Verb: "Delete", Target: { } target })
        {
            return;
        }

        PgTable table = context.Model.Get(target);
        string[] children = [.. table.ReferencedBy.Where(key => key != table.Key && context.Model.ByKey(key) is { IsEmpty: false } child && child.Constraints.Exists(constraint => constraint.ReferencedKey == table.Key && constraint.Definition.OnDelete == "CASCADE"))];
        if (children.Length > 0 && !table.IsEmpty)
        {
            context.Report(this,
                $"Rows of {string.Join(", ", children)} that refer to the deleted rows of {table.Key} go with them (ON DELETE CASCADE).",
                "Count them first, and delete them yourself in batches, so that what goes is seen.",
                new Report { Relation = table.Key, Probes = [.. children.Select(child => new RiskProbe($"rows of {child}, of which those with a deleted parent go", $"SELECT count(*) FROM {child}"))] });
        }
    }
}
