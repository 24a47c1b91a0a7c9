using SafeDb.Addresses;

namespace SafeDb.Risk.Rules;

/// <summary>DDL without a lock timeout, on an engine where waiting DDL blocks everybody.</summary>
public sealed class LockTimeoutMissing : IRiskRule
{
    /// <summary>A wait that is longer than this holds everybody up as one without end does.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public RiskRuleInfo Info { get; } = new("lock-timeout-missing", RiskLevel.Safe, "A statement waits for its lock without limit, and everything else queues behind it.");

    // From here on a queue behind the waiting statement is felt by users.
    private const long BusyRows = 10_000;

    /// <inheritdoc/>
    public IEnumerable<RuleHit> Check(RiskRuleContext context)
    {
        if (context.Engine == DatabaseEngine.Sqlite || context.File.IsWayBack)
        {
            yield break;
        }

        bool limited = context.Options.RunnerSetsLockTimeout;
        bool givenUp = false;
        string? tooLong = null;
        foreach (StatementRisk statement in context.Risk.Statements)
        {
            if (statement.Effects.LastOrDefault(effect => effect.Kind == EffectKind.SetLockTimeout) is { } set)
            {
                tooLong = set.Limit > Longest ? set.Member : null;
                bool limits = set.Member is not null && tooLong is null;
                givenUp = !limits && (limited || givenUp);
                limited = limits;
            }

            if (!limited && statement.ChangesSchema && statement.Locks.FirstOrDefault(BlocksWriters) is { } held && !OnlyNew(statement))
            {
                bool busy = context.Options.Catalog?.Find(held.Relation) is { } facts && (facts.EstimatedRows >= BusyRows || facts.WritesPerSecond > 0);
                yield return new(statement.Index, new RiskFinding(Info.Id, busy || givenUp ? RiskLevel.Risky : Info.Level,
                    $"The statement waits for its {held.Mode} lock on {held.Relation} {Wait(tooLong, givenUp)}; behind one long transaction, every query on that table queues after it.",
                    givenUp || tooLong is not null ? $"Leave the lock timeout as it was set, or set another short one ({Longest.TotalSeconds:0} seconds at most)." : "Set a short lock timeout first and try again when it runs out; SafeDb's own runner does both.")
                {
                    Relation = held.Relation,
                    SaferSql = !IsOtherwiseSafe(statement) ? null : context.Engine == DatabaseEngine.PostgreSql ? $"SET lock_timeout = '5s';\n{statement.Sql};" : $"SET LOCK_TIMEOUT 5000;\n{statement.Sql};",
                });
                yield break;
            }
        }
    }

    private static string Wait(string? tooLong, bool givenUp) =>
        tooLong is not null ? $"up to the script's own limit of {tooLong}, which holds others up as no limit does" : givenUp ? "without limit, because the script itself took the limit away" : "without limit";

    // A timeout alone makes nothing safe that has another danger: that one's own safer way sets it too.
    private static bool IsOtherwiseSafe(StatementRisk statement) =>
        statement.Analysed && statement.DataLoss == DataLoss.None && statement.Findings.All(finding => finding.Level == RiskLevel.Safe);

    private static bool BlocksWriters(RelationLock held) =>
        held.Mode is "AccessExclusive" or "Exclusive" or "ShareRowExclusive" or "Share" or "Sch-M";

    private static bool OnlyNew(StatementRisk statement) => statement.Effects.Count > 0 && statement.Effects.All(effect => effect.OnNewRelation || effect.Kind == EffectKind.CreateRelation)
        && statement.Locks.All(held => statement.Effects.Any(effect => effect.Relation == held.Relation));
}
