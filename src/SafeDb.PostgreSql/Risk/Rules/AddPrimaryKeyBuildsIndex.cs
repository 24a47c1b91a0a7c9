using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ADD PRIMARY KEY builds its index, and checks for NULLs, under an exclusive lock.</summary>
internal sealed class AddPrimaryKeyBuildsIndex() : ActionRule<AddConstraint>("add-primary-key-builds-index", RiskLevel.Risky, "ADD PRIMARY KEY builds its index, and checks for NULLs, under an exclusive lock.")
{
    /// <inheritdoc/>
    protected override void Check(AddConstraint action, ActionImpact impact, RuleContext context)
    {
        if (action.Constraint.Kind != ConstraintKind.PrimaryKey || !impact.BuildsIndex)
        {
            return;
        }

        context.Report(this,
            $"The index of the PRIMARY KEY is built under an AccessExclusive lock on {context.Table.Key}: reads and writes wait{WorkEstimate.Index(context.Table)}.",
            "Prove NOT NULL through a validated CHECK, build a unique index concurrently, and attach it with ADD PRIMARY KEY USING INDEX.",
            new Report { Level = RuleContext.Sized(context.Table, Info.Level), SaferSql = ConstraintSteps.IndexThenAttach(context, action.Constraint), Probes = ConstraintSteps.Duplicates(context.Table, action.Constraint.Columns) });
    }
}
