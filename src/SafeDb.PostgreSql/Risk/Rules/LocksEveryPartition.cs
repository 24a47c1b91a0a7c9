using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>DDL on a partitioned table locks every partition until the commit.</summary>
internal sealed class LocksEveryPartition() : PgRule("locks-every-partition", RiskLevel.Safe, "DDL on a partitioned table locks every partition until the commit.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        if (context.Statement is not AlterTable { Only: false } || !context.Table.IsPartitioned || context.Table.IsNew)
        {
            return;
        }

        int children = context.Table.Children.Count;
        PgLock mode = context.Impact.Actions.Select(impact => impact.Mode).Max();
        bool recurses = children > 0 && context.Impact.Locks.Any(held => context.Table.Children.Contains(held.Relation) && held.Mode == mode);
        if (recurses && mode >= PgLock.ShareRowExclusive)
        {
            context.Report(this,
                $"The {mode} lock is taken on {context.Table.Key} and on each of its {children} partitions, and held until the commit.",
                "Keep the transaction short and set a lock_timeout; where the action allows it, do the partitions one by one first.",
                new Report { Level = children >= 50 ? RiskLevel.Risky : Info.Level });
        }
    }
}
