using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A statement that the server's version does not know fails.</summary>
internal sealed class FeatureNotInVersion() : PgRule("feature-not-in-version", RiskLevel.Risky, "The statement uses what the server's version does not have.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        foreach ((string feature, int since) in Features(context.Statement).Where(item => item.Since > context.State.Major).Distinct())
        {
            context.Report(this, $"{feature} needs PostgreSQL {since}; the server is {context.State.Major}, and the migration stops here with a syntax error (42601).", "Write it as that version knows it, or upgrade first.");
        }
    }

    private static IEnumerable<(string Feature, int Since)> Features(PgStatement statement)
    {
        IEnumerable<(string, int)> found = statement switch
        {
            AlterTable alter => alter.Actions.SelectMany(Of),
            CreateTable create => create.Columns.SelectMany(Of).Concat(create.Constraints.SelectMany(Of)),
            QueryStatement { Verb: "Merge" } => [("MERGE", 15)],
            CreateTrigger { OrReplace: true } => [("CREATE OR REPLACE TRIGGER", 14)],
            CreateFunction { Atomic: true } => [("A function body as BEGIN ATOMIC or RETURN", 14)],
            CreateIndex { NullsNotDistinct: true } => [("NULLS NOT DISTINCT", 15)],
            AlterType { Change: "SET" } => [("ALTER TYPE … SET", 13)],
            _ => [],
        };
        return found;
    }

    private static IEnumerable<(string, int)> Of(AlterAction action) => action switch
    {
        DetachPartition { Concurrently: true } => [("DETACH PARTITION … CONCURRENTLY", 14)],
        DetachPartition { Finalize: true } => [("DETACH PARTITION … FINALIZE", 14)],
        SetAccessMethod => [("SET ACCESS METHOD", 15)],
        SetExpression => [("SET EXPRESSION", 17)],
        CatalogueAction { What: "DROP EXPRESSION" } => [("DROP EXPRESSION", 13)],
        CatalogueAction { What: "SET COMPRESSION" } => [("SET COMPRESSION", 14)],
        AddColumn add => Of(add.Column).Concat(add.Column.Constraints.SelectMany(Of)),
        AddConstraint add => Of(add.Constraint).Concat(add.Constraint.Kind == ConstraintKind.NotNull ? [("NOT NULL as a constraint of the table", 18)] : []),
        AlterConstraint { Enforcement: true } => [("ALTER CONSTRAINT … ENFORCED", 18)],
        _ => [],
    };

    private static IEnumerable<(string, int)> Of(ColumnDefinition column) => column.GeneratedStored == false ? [("A virtual generated column", 18)] : [];

    private static IEnumerable<(string, int)> Of(TableConstraint constraint) =>
        constraint.NotEnforced ? [("NOT ENFORCED", 18)]
        : constraint.Body.Contains("WITHOUT OVERLAPS", StringComparison.OrdinalIgnoreCase) || (constraint.Kind == ConstraintKind.ForeignKey && constraint.Body.Contains("PERIOD ", StringComparison.OrdinalIgnoreCase)) ? [("A temporal key", 18)]
        : constraint.Body.Contains("NULLS NOT DISTINCT", StringComparison.OrdinalIgnoreCase) ? [("NULLS NOT DISTINCT", 15)]
        : [];
}
