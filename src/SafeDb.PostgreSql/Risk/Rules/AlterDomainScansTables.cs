using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A new constraint of a domain reads every table that uses it while writes wait.</summary>
internal sealed class AlterDomainScansTables() : StatementRule<AlterDomain>("alter-domain-scans-tables", RiskLevel.Risky, "A new constraint of a domain reads every table that uses it while writes wait.")
{
    /// <inheritdoc/>
    protected override void Check(AlterDomain statement, RuleContext context)
    {
        bool reads = statement.Change is "SET NOT NULL" || (statement.Change == "ADD" && !statement.NotValid);
        if (!reads && statement.Change != "VALIDATE")
        {
            return;
        }

        string[] tables = [.. context.Impact.Scans];
        string domain = context.Model.Qualify(statement.Name).Sql;
        string constraint = PgName.Quote(statement.Constraint ?? $"{statement.Name.Name}_check");
        context.Report(this,
            $"{(tables.Length > 0 ? string.Join(", ", tables) : $"Every table with a column of {domain}")} is locked Share and read in full: writes wait.",
            statement.Change == "VALIDATE" ? "VALIDATE of a domain's constraint has no weaker form: run it when few write." : "Add the constraint as NOT VALID, which binds new values at once, and validate it in the next migration when few write.",
            new Report
            {
                Level = statement.Change == "VALIDATE" ? RiskLevel.Safe : Info.Level,
                SaferSql = statement.Change == "ADD" && statement.Text.Contains("check", StringComparison.OrdinalIgnoreCase)
                    ? new SaferScript()
                        .Migration($"ALTER DOMAIN {domain} ADD CONSTRAINT {constraint} {statement.Text[statement.Text.IndexOf("check", StringComparison.OrdinalIgnoreCase)..]} NOT VALID")
                        .Migration($"ALTER DOMAIN {domain} VALIDATE CONSTRAINT {constraint}").ToString()
                    : null,
            });
    }
}
