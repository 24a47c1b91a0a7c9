using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>DETACH PARTITION locks the parent exclusively.</summary>
internal sealed class DetachPartitionLocksParent() : ActionRule<DetachPartition>("detach-partition-locks-parent", RiskLevel.Risky, "DETACH PARTITION locks the parent exclusively.")
{
    /// <inheritdoc/>
    protected override void Check(DetachPartition action, ActionImpact impact, RuleContext context)
    {
        if (action.Concurrently || action.Finalize)
        {
            return;
        }

        bool possible = context.State.Major >= 14 && context.Table.DefaultPartition is null;
        context.Report(this,
            $"{context.Table.Key} and {context.Model.Key(action.Partition)} are locked AccessExclusive: reads and writes of all partitions through the parent wait behind the longest transaction.",
            context.State.Major >= 14 ? "Use DETACH PARTITION … CONCURRENTLY, outside a transaction (not possible with a DEFAULT partition)." : "Set a short lock_timeout and try again when it runs out.",
            new Report { SaferSql = possible ? PartitionSteps.Detach(context, action) : null });
    }
}
