using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ADD COLUMN NOT NULL without a default fails as soon as the table has a row.</summary>
internal sealed class AddColumnNotNullWithoutDefault() : ActionRule<AddColumn>("add-column-not-null-without-default", RiskLevel.Risky, "ADD COLUMN NOT NULL without a default fails as soon as the table has a row.")
{
    /// <inheritdoc/>
    protected override void Check(AddColumn action, ActionImpact impact, RuleContext context)
    {
        if (impact.Error == "23502")
        {
            context.Report(this,
                $"{context.Table.Key}.{action.Column.Name} is NOT NULL and has no default: on a table with rows the statement fails (23502), though it passes on an empty one.",
                "Give it a constant default, or add it nullable, fill it in batches, and make it NOT NULL through a checked constraint.",
                new Report
                {
                    Probes = [new RiskProbe($"rows of {context.Table.Key}, which would all be refused", $"SELECT count(*) FROM {context.Table.Key}") { LevelWhenZero = RiskLevel.Safe, LevelWhenAny = RiskLevel.Dangerous }],
                });
        }
    }
}
