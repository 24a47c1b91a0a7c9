using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Rows that are not copied are gone.</summary>
internal sealed class RebuildLosesRows : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("rebuild-loses-rows", RiskLevel.Dangerous, "A rebuild copies no rows, or only some, before the old table is dropped.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is not { } rebuild || rebuild.Drop != context.Index || context.IsNew(rebuild.Table))
        {
            yield break;
        }

        string table = context.NameOf(rebuild.Table);
        bool some = rebuild.Copies.Count > 0 && rebuild.Copies.All(copy => ((Insert)context.File.Statements[copy]).Filters);
        if (rebuild.Copies.Count == 0 || some)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level,
                some ? $"The copy of {table} leaves rows out (WHERE, LIMIT, DISTINCT, GROUP BY or JOIN); they go with the old table." : $"Nothing copies the rows of {table} before the old table is dropped.",
                some ? "Copy every row; delete what is not wanted in a migration of its own, where it can be seen." : "Copy the rows into the new table first: INSERT INTO new (…) SELECT … FROM old.")
            {
                Relation = table,
                Probes = [SqliteRuleContext.Rows(context.NameOf(rebuild.Table))],
            }, some ? DataLoss.Possible : DataLoss.Certain);
        }
    }
}
