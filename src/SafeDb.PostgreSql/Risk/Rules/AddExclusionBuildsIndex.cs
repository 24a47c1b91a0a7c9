using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ADD EXCLUDE builds its index under an exclusive lock, and there is no way to do it online.</summary>
internal sealed class AddExclusionBuildsIndex() : ActionRule<AddConstraint>("add-exclusion-builds-index", RiskLevel.Risky, "ADD EXCLUDE builds its index under an exclusive lock, and there is no way to do it online.")
{
    /// <inheritdoc/>
    protected override void Check(AddConstraint action, ActionImpact impact, RuleContext context)
    {
        if (action.Constraint.Kind == ConstraintKind.Exclude)
        {
            context.Report(this,
                $"The index of the exclusion constraint is built, and every row compared, under an AccessExclusive lock on {context.Table.Key}: reads and writes wait{WorkEstimate.Index(context.Table)}.",
                "PostgreSQL has no online form: do it in a maintenance window, or fill a new table that has the constraint and swap it in.",
                new Report { Level = RuleContext.Sized(context.Table, Info.Level) });
        }
    }
}
