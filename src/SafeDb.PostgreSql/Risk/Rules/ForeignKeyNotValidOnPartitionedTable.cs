using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Before PostgreSQL 18 a foreign key of a partitioned table cannot be NOT VALID.</summary>
internal sealed class ForeignKeyNotValidOnPartitionedTable() : ActionRule<AddConstraint>("foreign-key-not-valid-on-partitioned-table", RiskLevel.Risky, "Before PostgreSQL 18 a foreign key of a partitioned table cannot be NOT VALID.")
{
    /// <inheritdoc/>
    protected override void Check(AddConstraint action, ActionImpact impact, RuleContext context)
    {
        if (impact.Error == "42809")
        {
            context.Report(this,
                $"{context.Table.Key} is partitioned: before PostgreSQL 18 the server refuses NOT VALID for its foreign keys (42809).",
                "Add the foreign key to each partition as NOT VALID, validate it there, and then add it to the parent, which finds them.");
        }
    }
}
