using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>SET NOT NULL reads the whole table under an exclusive lock unless a validated CHECK proves it.</summary>
internal sealed class SetNotNullScansTable() : ActionRule<SetNotNull>("set-not-null-scans-table", RiskLevel.Risky, "SET NOT NULL reads the whole table under an exclusive lock unless a validated CHECK proves it.")
{
    /// <inheritdoc/>
    protected override void Check(SetNotNull action, ActionImpact impact, RuleContext context)
    {
        if (!impact.Scan)
        {
            return;
        }

        string column = PgName.Quote(action.Column);
        string constraint = PgName.Quote($"{context.Table.Name.Name}_{action.Column}_not_null");
        context.Report(this,
            $"SET NOT NULL reads every row of {context.Table.Key} under an AccessExclusive lock: reads and writes wait{WorkEstimate.Scan(context.Table)}. It fails when {action.Column} holds a NULL.",
            "Add CHECK (column IS NOT NULL) as NOT VALID, validate it, and then set NOT NULL, which the server takes from the CHECK without reading.",
            new Report
            {
                Level = RuleContext.Sized(context.Table, Info.Level),
                SaferSql = new SaferScript()
                    .Migration($"{context.AlterSql} ADD CONSTRAINT {constraint} CHECK ({column} IS NOT NULL) NOT VALID")
                    .Migration($"{context.AlterSql} VALIDATE CONSTRAINT {constraint}")
                    .Migration($"{context.AlterSql} ALTER COLUMN {column} SET NOT NULL", $"{context.AlterSql} DROP CONSTRAINT {constraint}").ToString(),
                Probes = [new RiskProbe($"rows of {context.Table.Key} with NULL in {action.Column}", $"SELECT count(*) FROM {context.Table.Key} WHERE {column} IS NULL")
                {
                    LevelWhenAny = RiskLevel.Dangerous, FirstWhenAny = "First fill the NULLs, in a migration of its own: with them SET NOT NULL fails, and so does the VALIDATE of the safer way.",
                }],
            });
    }
}
