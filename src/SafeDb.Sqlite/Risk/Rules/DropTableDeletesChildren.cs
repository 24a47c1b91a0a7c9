using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The implicit DELETE of DROP TABLE reaches other tables.</summary>
internal sealed class DropTableDeletesChildren : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("drop-table-deletes-children", RiskLevel.Dangerous, "DROP TABLE deletes the rows first, and the foreign keys of other tables act on that.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is not DropObject { What: "Table" } drop || context.Rebuild is not null || context.State.ForeignKeysOff || context.IsNew(drop.Name.Key))
        {
            yield break;
        }

        string table = context.NameOf(drop.Name.Key);
        foreach ((SqliteTable child, ForeignKey key) in context.Model.ChildrenOf(drop.Name.Key).Where(item => !item.Child.IsNew))
        {
            bool deletes = key.OnDelete == "CASCADE";
            bool fails = key.OnDelete is "NO ACTION" or "RESTRICT";
            string what = deletes ? $"every row of {child.Name} that refers to it is deleted without an error"
                : fails ? $"it fails with error 19 when a row of {child.Name} refers to it" : $"{string.Join(", ", key.Columns)} of {child.Name} is overwritten ({key.OnDelete})";
            yield return new(new RiskFinding(Info.Id, fails ? RiskLevel.Risky : Info.Level,
                $"With foreign keys on, DROP TABLE {table} first deletes its rows: {what}.",
                $"Drop the foreign key of {child.Name} first by rebuilding it, or drop {child.Name} before {table} when both are meant to go.")
            {
                Relation = child.Name,
                Probes = [ChildRows.Probe(child, key)],
            }, fails ? DataLoss.None : DataLoss.Certain);
        }
    }
}
