using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A change of type on a foreign key's column locks the table on its other side exclusively too.</summary>
internal sealed class ChangeTypeLocksPartner() : ActionRule<AlterColumnType>("change-type-locks-partner", RiskLevel.Risky, "A change of type on a foreign key's column locks the table on its other side exclusively too.")
{
    /// <inheritdoc/>
    protected override void Check(AlterColumnType action, ActionImpact impact, RuleContext context)
    {
        foreach ((PgTable partner, _, bool scan) in impact.Partners.Where(partner => !partner.Table.IsNew))
        {
            context.Report(this,
                $"A foreign key joins {context.Table.Key}.{action.Column} with {partner.Key}: that table is locked AccessExclusive too{(scan ? " and read in full to check the key again" : "")}{(scan ? WorkEstimate.Scan(partner) : "")}.",
                "Drop the foreign key first, and add it again as NOT VALID with VALIDATE afterwards.",
                new Report { Relation = partner.Key, Level = scan ? RuleContext.Sized(partner, Info.Level) : Info.Level });
        }
    }
}
