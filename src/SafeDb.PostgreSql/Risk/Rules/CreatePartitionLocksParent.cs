using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>CREATE TABLE … PARTITION OF locks the parent exclusively and reads the DEFAULT partition.</summary>
internal sealed class CreatePartitionLocksParent() : StatementRule<CreateTable>("create-partition-locks-parent", RiskLevel.Risky, "CREATE TABLE … PARTITION OF locks the parent exclusively and reads the DEFAULT partition.")
{
    /// <inheritdoc/>
    protected override void Check(CreateTable statement, RuleContext context)
    {
        if (statement.PartitionOf is not { } name || context.Model.Get(name) is not { IsNew: false } parent)
        {
            return;
        }

        bool scans = parent.DefaultPartition is { } key && context.Model.ByKey(key) is { IsEmpty: false };
        context.Report(this,
            $"{parent.Key} is locked AccessExclusive: reads and writes of all partitions through it wait{(scans ? $" while {parent.DefaultPartition} is read in full" : " for a moment")}.",
            "Create the table by itself (LIKE the parent) and ATTACH it, which takes a weaker lock on the parent.",
            new Report { Relation = parent.Key, Level = scans || context.State.LockTimeout is null ? Info.Level : RiskLevel.Safe, SaferSql = PartitionSteps.Create(context, statement, parent) });
    }
}
