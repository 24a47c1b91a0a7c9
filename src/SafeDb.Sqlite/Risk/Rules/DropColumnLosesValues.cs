using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>A column that exists is dropped.</summary>
internal sealed class DropColumnLosesValues : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("drop-column-loses-data", RiskLevel.Risky, "A column goes with its values.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is DropColumn drop && !context.IsNew(drop.Table.Key))
        {
            string table = context.NameOf(drop.Table.Key);
            yield return new(new RiskFinding(Info.Id, Info.Level, $"{table}.{drop.Column} goes with its values, and SQLite writes every row of {table} anew.",
                "Release code that does not use the column first, keep a verified backup, and drop it one release later.")
            {
                Relation = table,
                Probes = [new RiskProbe($"values of {table}.{drop.Column}", $"SELECT count({TableEdit.Quote(drop.Column)}) FROM {TableEdit.Quote(table)}")],
            }, DataLoss.Certain);
        }
    }
}
