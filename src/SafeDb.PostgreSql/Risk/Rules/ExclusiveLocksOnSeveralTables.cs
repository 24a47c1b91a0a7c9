using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>One transaction takes exclusive locks on several tables, which can deadlock with code that takes them in another order.</summary>
internal sealed class ExclusiveLocksOnSeveralTables() : PgRule("exclusive-locks-on-several-tables", RiskLevel.Safe, "One transaction takes exclusive locks on several tables, which can deadlock with code that takes them in another order.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        if (!context.State.InTransaction)
        {
            return;
        }

        string[] held = [.. context.State.Held.Where(held => held.Mode == PgLock.AccessExclusive).Select(held => held.Relation).Distinct(StringComparer.Ordinal)];
        string[] taken = [.. context.Impact.Locks.Where(taken => taken.Mode == PgLock.AccessExclusive && context.Model.ByKey(taken.Relation) is not null).Select(taken => taken.Relation).Except(held, StringComparer.Ordinal)];
        if (held.Length == 1 && taken.Length > 0)
        {
            // Said once, when the second table comes in.
            context.Report(this,
                $"{taken[0]} is locked AccessExclusive while {held[0]} still is: code that uses both in the other order can deadlock with the migration, and both are out of reach until the commit.",
                "One table per transaction, or take the locks in the order in which the application does.",
                new Report { Relation = taken[0], Level = context.Model.HasFacts ? RiskLevel.Risky : Info.Level });
        }
    }
}
