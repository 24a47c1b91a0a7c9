using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A column of a domain with CHECK or NOT NULL makes ADD COLUMN write the table, even without a default.</summary>
internal sealed class AddColumnConstrainedDomain() : ActionRule<AddColumn>("add-column-constrained-domain", RiskLevel.Risky, "A column of a domain with CHECK or NOT NULL makes ADD COLUMN write the table, even without a default.")
{
    /// <inheritdoc/>
    protected override void Check(AddColumn action, ActionImpact impact, RuleContext context)
    {
        if (impact.RewriteReason == "domain")
        {
            PgType type = action.Column.Type!;
            context.Report(this,
                $"{type.Sql} is a domain with constraints, so adding {context.Table.Key}.{action.Column.Name} writes every row under an AccessExclusive lock to check them: reads and writes wait{WorkEstimate.Rewrite(context.Table)}.",
                "Add the column with the domain's base type and a CHECK that is added NOT VALID and validated afterwards.",
                new Report { Level = RuleContext.Sized(context.Table, Info.Level) });
        }
    }
}
