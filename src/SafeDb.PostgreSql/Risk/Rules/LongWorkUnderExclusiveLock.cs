using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A statement that takes long runs while the transaction holds an exclusive lock from before.</summary>
internal sealed class LongWorkUnderExclusiveLock() : PgRule("long-work-under-exclusive-lock", RiskLevel.Risky, "A statement that takes long runs while the transaction holds an exclusive lock from before.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        if (!context.State.InTransaction || context.Statement is QueryStatement || (context.Impact.Rewrites.Count == 0 && context.Impact.Scans.Count == 0))
        {
            return;
        }

        bool isValidate = context.Impact.Actions.Exists(impact => impact.Action is ValidateConstraint);
        (string relation, _, int line) = context.State.Held.Find(held => held.Mode == PgLock.AccessExclusive && !context.Impact.Rewrites.Contains(held.Relation) && !context.Impact.Scans.Contains(held.Relation));
        if (relation is not null && !isValidate)
        {
            string work = string.Join(", ", context.Impact.Rewrites.Count > 0 ? context.Impact.Rewrites : context.Impact.Scans);
            context.Report(this,
                $"While {work} is read or written, {relation} stays locked AccessExclusive from line {line}: it is out of reach for the whole time.",
                "One table per transaction: put the statements into migrations of their own.",
                new Report { Relation = relation });
        }
    }
}
