using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Dropping a foreign key, its column or its table locks the referenced table exclusively too.</summary>
internal sealed class DropForeignKeyLocksParent() : PgRule("drop-foreign-key-locks-parent", RiskLevel.Risky, "Dropping a foreign key, its column or its table locks the referenced table exclusively too.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        foreach ((string relation, string what) in Parents(context))
        {
            context.Report(this,
                $"Dropping {what} takes an AccessExclusive lock on the referenced table {relation} as well: its reads and writes wait behind the longest transaction on either table.",
                "Set a short lock_timeout and try again when it runs out; drop the foreign key in a migration of its own.",
                new Report { Relation = relation, Level = context.State.LockTimeout is null ? Info.Level : RiskLevel.Safe });
        }
    }

    private static IEnumerable<(string Relation, string What)> Parents(RuleContext context)
    {
        if (context.Statement is DropObjects { ObjectKind: "TABLE" } drop)
        {
            HashSet<string> dropped = [.. drop.Names.Select(context.Model.Key)];
            foreach (PgTable table in drop.Names.Select(context.Model.Get).Where(table => !table.IsNew))
            {
                foreach (string key in table.Constraints.Select(constraint => constraint.ReferencedKey).OfType<string>().Distinct(StringComparer.Ordinal).Where(key => !dropped.Contains(key) && context.Model.ByKey(key) is not { IsNew: true }))
                {
                    yield return (key, $"table {table.Key}");
                }
            }
        }

        foreach (ActionImpact impact in context.Impact.Actions.Where(impact => impact.Action is DropConstraint or DropColumn))
        {
            foreach ((PgTable partner, PgLock mode, _) in impact.Partners.Where(partner => !partner.Table.IsNew && partner.Mode == PgLock.AccessExclusive))
            {
                yield return (partner.Key, impact.Action is DropColumn column ? $"column {context.Table.Key}.{column.Column}" : $"the foreign key of {context.Table.Key}");
            }
        }
    }
}
