using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>A table that exists is dropped.</summary>
internal sealed class DropTableLosesRows : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("drop-table-loses-data", RiskLevel.Dangerous, "A table goes with all its rows.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is DropObject { What: "Table" } drop && context.Rebuild is null && !context.IsNew(drop.Name.Key))
        {
            string table = context.NameOf(drop.Name.Key);
            bool neverMade = drop.IfExists && context.Model.Table(drop.Name.Key) is null && context.Model.Tables.Any(known => !known.IsNew);
            yield return new(new RiskFinding(Info.Id, neverMade ? RiskLevel.Risky : Info.Level,
                neverMade ? $"If there is a table {table}, which no earlier file makes, it goes with all its rows." : $"{table} goes with all its rows, indexes and triggers.",
                "Rename it out of the way first, release code that does not use it, keep a verified backup, and drop it one release later.")
            {
                Relation = table,
                Probes = [SqliteRuleContext.Rows(table, RiskLevel.Risky)],
            }, DataLoss.Certain);
        }
    }
}
