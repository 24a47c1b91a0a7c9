using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>VACUUM FULL and CLUSTER write the table anew under an exclusive lock.</summary>
internal sealed class VacuumFullRewritesTable() : PgRule("vacuum-full-rewrites-table", RiskLevel.Risky, "VACUUM FULL and CLUSTER write the table anew under an exclusive lock.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        IReadOnlyList<PgName>? tables = context.Statement switch
        {
            VacuumStatement { Full: true } vacuum => vacuum.Tables,
            ClusterStatement cluster => cluster.Table is null ? [] : [cluster.Table],
            _ => null,
        };
        if (tables is null || (tables.Count > 0 && tables.All(name => context.Model.Get(name).IsNew)))
        {
            return;
        }

        string names = tables.Count == 0 ? "every table" : string.Join(", ", tables.Select(context.Model.Key));
        context.Report(this,
            $"{names} is written anew under an AccessExclusive lock: reads and writes wait{(tables.Count == 1 ? WorkEstimate.Rewrite(context.Model.Get(tables[0])) : "")}, and as much disk again is needed meanwhile.",
            "Use pg_repack, or REPACK CONCURRENTLY from PostgreSQL 19 on; a plain VACUUM is enough to make space usable again.",
            new Report { Relation = tables.Count == 0 ? null : context.Model.Key(tables[0]) });
    }
}
