using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>CREATE TABLE with REFERENCES blocks writes to the referenced table for a moment.</summary>
internal sealed class CreateTableLocksReferencedTable() : StatementRule<CreateTable>("create-table-locks-referenced-table", RiskLevel.Safe, "CREATE TABLE with REFERENCES blocks writes to the referenced table for a moment.")
{
    /// <inheritdoc/>
    protected override void Check(CreateTable statement, RuleContext context)
    {
        foreach (PgTable parent in statement.Constraints.Where(constraint => constraint.References is not null).Select(constraint => context.Model.Get(constraint.References!)).Where(parent => !parent.IsNew).Distinct())
        {
            if (parent.Key == context.Model.Qualify(statement.Name).Sql)
            {
                continue;
            }

            context.Report(this,
                $"The foreign key to {parent.Key} takes a ShareRowExclusive lock on it: its writers wait until this transaction ends.",
                "Keep the transaction short and set a lock_timeout, or add the foreign key in a migration of its own.",
                new Report { Relation = parent.Key, Level = parent.WritesPerSecond > 0 && context.State.LockTimeout is null ? RiskLevel.Risky : Info.Level });
        }
    }
}
