using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A lock that conflicts with everything waits for the oldest transaction, and everything else waits for the lock. Known only from a live database.</summary>
internal sealed class LongTransactionInTheWay() : PgRule("long-transaction-in-the-way", RiskLevel.Risky, "A transaction has been open for long: a strong lock would wait for it, and everything would queue behind.")
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        if (context.State.Live is not { } live || live.OldestTransaction < Long)
        {
            return;
        }

        (string relation, PgLock mode, _) = context.Impact.Locks.FirstOrDefault(held => held.Mode >= PgLock.Exclusive && context.Model.ByKey(held.Relation) is { IsNew: false });
        if (relation is null)
        {
            return;
        }

        string replicas = live.Replicas > 0 ? $" On {live.Replicas} streaming replicas, queries on {relation} hold up replay or are cancelled." : "";
        context.Report(this,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"A transaction of another session is open since {live.OldestTransaction.TotalSeconds:0} s: the {mode} lock on {relation} may wait for it while every query queues behind.{replicas}"),
            "End or wait for the old transaction (pg_stat_activity), and set a short lock_timeout.",
            new Report { Relation = relation, Level = context.State.LockTimeout is null && live.LockTimeout == TimeSpan.Zero && !context.State.RunnerSetsLockTimeout ? Info.Level : RiskLevel.Safe });
    }
}
