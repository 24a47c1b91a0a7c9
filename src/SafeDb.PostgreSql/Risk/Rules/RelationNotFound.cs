using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The statement names a table that neither the database nor an earlier statement has.</summary>
internal sealed class RelationNotFound() : PgRule("relation-not-found", RiskLevel.Risky, "The statement names a table that neither the database nor an earlier statement has.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        foreach (PgName name in Named(context.Statement).Distinct().Where(name => context.Model.Find(name) is null or { Kind: null }).Where(context.State.Relations.IsMissing))
        {
            string wanted = context.Model.Qualify(name).Sql;
            string meant = Similar.Near(wanted, context.State.Relations.InDatabase) is { } near ? $"; did you mean {near}?" : ", and no statement before makes it.";
            context.Report(this,
                $"The statement will fail (42P01): the database has no {wanted}{meant}",
                "Correct the name, or let the migration that makes the table come first.",
                new Report { Relation = wanted });
        }
    }

    private static IEnumerable<PgName> Named(PgStatement statement) => statement switch
    {
        AlterTable { Target: "TABLE" } alter => (alter.IfExists ? [] : new[] { alter.Name }).Concat(alter.Actions.SelectMany(Partners)),
        CreateTable { IfNotExists: false } create => References(create.Constraints).Where(name => name.Name != create.Name.Name).Concat(create.Inherits).Concat(create.PartitionOf is { } parent ? [parent] : []),
        CreateIndex index => [index.Table],
        CreateTrigger trigger => [trigger.Table],
        DropObjects { ObjectKind: "TABLE", IfExists: false } drop => drop.Names,
        TruncateStatement truncate => truncate.Tables,
        QueryStatement { Target: { } target, Verb: "Insert" or "Update" or "Delete" or "Merge" } => [target],
        _ => [],
    };

    private static IEnumerable<PgName> Partners(AlterAction action) => action switch
    {
        AddConstraint add => References([add.Constraint]),
        AddColumn { IfNotExists: false } add => References(add.Column.Constraints),
        AttachPartition attach => [attach.Partition],
        _ => [],
    };

    private static IEnumerable<PgName> References(IEnumerable<TableConstraint> constraints) => constraints.Select(constraint => constraint.References).OfType<PgName>();
}
