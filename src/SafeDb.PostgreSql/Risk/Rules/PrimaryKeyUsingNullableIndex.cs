using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ADD PRIMARY KEY USING INDEX reads the table when a column of the index is nullable.</summary>
internal sealed class PrimaryKeyUsingNullableIndex() : ActionRule<AddConstraint>("primary-key-using-nullable-index", RiskLevel.Risky, "ADD PRIMARY KEY USING INDEX reads the table when a column of the index is nullable.")
{
    /// <inheritdoc/>
    protected override void Check(AddConstraint action, ActionImpact impact, RuleContext context)
    {
        if (action.Constraint is not { Kind: ConstraintKind.PrimaryKey, UsingIndex: { } name } || !impact.Scan)
        {
            return;
        }

        IReadOnlyList<string?> columns = context.Table.Indexes.Find(index => index.Name == name)?.Columns ?? [];
        context.Report(this,
            $"A column of the index {name} is not known to be NOT NULL, so every row of {context.Table.Key} is read under an AccessExclusive lock: reads and writes wait{WorkEstimate.Scan(context.Table)}.",
            "Prove NOT NULL first: CHECK (column IS NOT NULL) NOT VALID, VALIDATE, then the primary key.",
            new Report { Level = RuleContext.Sized(context.Table, Info.Level), SaferSql = columns.Count > 0 && columns.All(column => column is not null) ? ConstraintSteps.ProveThenAttach(context, action, [.. columns.OfType<string>()]) : null });
    }
}
