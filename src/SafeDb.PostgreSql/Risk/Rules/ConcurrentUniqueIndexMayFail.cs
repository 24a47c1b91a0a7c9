using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Duplicates stop a concurrent build of a unique index, and an INVALID index stays behind.</summary>
internal sealed class ConcurrentUniqueIndexMayFail() : StatementRule<CreateIndex>("concurrent-unique-index-may-fail", RiskLevel.Safe, "Duplicates stop a concurrent build of a unique index, and an INVALID index stays behind.")
{
    /// <inheritdoc/>
    protected override void Check(CreateIndex statement, RuleContext context)
    {
        PgTable table = context.Model.Get(statement.Table);
        if (statement is not { Unique: true, Concurrently: true } || table.IsNew || table.IsPartitioned)
        {
            return;
        }

        context.Report(this,
            $"Rows of {table.Key} with the same key stop the build, and the index{(statement.Name is null ? "" : $" {statement.Name}")} stays behind INVALID: no query uses it, and every write keeps it up.",
            "Look for duplicates before (-Database counts them). After a failed build drop the rest (DROP INDEX CONCURRENTLY) and build again.",
            new Report { Relation = table.Key, Probes = ConstraintSteps.Duplicates(table, statement) });
    }
}
