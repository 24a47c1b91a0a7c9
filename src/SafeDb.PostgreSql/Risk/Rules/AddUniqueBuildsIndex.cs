using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ADD UNIQUE builds its index under an exclusive lock.</summary>
internal sealed class AddUniqueBuildsIndex() : ActionRule<AddConstraint>("add-unique-builds-index", RiskLevel.Risky, "ADD UNIQUE builds its index under an exclusive lock.")
{
    /// <inheritdoc/>
    protected override void Check(AddConstraint action, ActionImpact impact, RuleContext context)
    {
        if (action.Constraint.Kind != ConstraintKind.Unique || !impact.BuildsIndex)
        {
            return;
        }

        context.Report(this,
            $"The index of the UNIQUE constraint is built under an AccessExclusive lock on {context.Table.Key}: reads and writes wait{WorkEstimate.Index(context.Table)}.",
            "Build a unique index concurrently and attach it with ADD CONSTRAINT … UNIQUE USING INDEX.",
            new Report { Level = RuleContext.Sized(context.Table, Info.Level), SaferSql = ConstraintSteps.IndexThenAttach(context, action.Constraint), Probes = ConstraintSteps.Duplicates(context.Table, action.Constraint.Columns) });
    }
}
