using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The database has a relation of the new index's name already.</summary>
internal sealed class IndexNameTaken() : StatementRule<CreateIndex>("index-name-taken", RiskLevel.Risky, "The database has a relation of the new index's name already.")
{
    /// <inheritdoc/>
    protected override void Check(CreateIndex statement, RuleContext context)
    {
        // An index stands in its table's schema.
        if (statement is { IfNotExists: false, Name: { } name } && context.Model.Find(statement.Table) is { Kind: not null, IsNew: false } table
            && new PgName(table.Name.Schema, name) is var index && context.State.Relations.IsTaken(index, table.Name))
        {
            PgIndex? existing = table.Indexes.Find(one => one.Name == name);
            context.Report(this,
                $"The statement will fail (42P07): the database has {(existing is null ? "a relation" : "an index")} {index.Sql} already{(existing is { Invalid: true } ? ", INVALID, the rest of a build that failed" : "")}.",
                existing is { Invalid: true } ? "Drop it first (DROP INDEX CONCURRENTLY), then build again." : "Choose another name, or leave the statement out if this is the index that is wanted.",
                new Report { Relation = table.Key });
        }
    }
}
