using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A change of type that costs nothing by itself reads the table because of a CHECK on the column.</summary>
internal sealed class ChangeTypeRescansCheck() : ActionRule<AlterColumnType>("change-type-rescans-check", RiskLevel.Risky, "A change of type that costs nothing by itself reads the table because of a CHECK on the column.")
{
    /// <inheritdoc/>
    protected override void Check(AlterColumnType action, ActionImpact impact, RuleContext context)
    {
        PgConstraint? check = context.Table.Constraints.Find(constraint => constraint.Definition.Check?.Names.Contains(action.Column, StringComparer.Ordinal) == true);
        if (check is not null && impact is { Scan: true, Rewrite: false })
        {
            context.Report(this,
                $"The constraint {check.Name} mentions {action.Column}, so every row of {context.Table.Key} is read under an AccessExclusive lock to check it again: reads and writes wait{WorkEstimate.Scan(context.Table)}.",
                "Drop the CHECK before, change the type, and add it again as NOT VALID with VALIDATE afterwards.",
                new Report
                {
                    Level = RuleContext.Sized(context.Table, Info.Level),
                    SaferSql = check.Definition.Body.Length == 0 ? null : new SaferScript()
                        .Migration($"{context.AlterSql} DROP CONSTRAINT {PgName.Quote(check.Name)}", $"{context.AlterSql} ALTER COLUMN {PgName.Quote(action.Column)} TYPE {action.Type.Sql}", $"{context.AlterSql} ADD CONSTRAINT {PgName.Quote(check.Name)} {check.Definition.Body} NOT VALID")
                        .Migration($"{context.AlterSql} VALIDATE CONSTRAINT {PgName.Quote(check.Name)}").ToString(),
                });
        }
    }
}
