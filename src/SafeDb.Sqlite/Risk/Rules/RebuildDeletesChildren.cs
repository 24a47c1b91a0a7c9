using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The DROP of a rebuild fires ON DELETE of other tables.</summary>
internal sealed class RebuildDeletesChildren : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("table-rebuild-deletes-children", RiskLevel.Dangerous, "Rebuilding a table with foreign keys on deletes the rows of the tables that refer to it.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is not { } rebuild || rebuild.Drop != context.Index || context.State.ForeignKeysOff || context.IsNew(rebuild.Table))
        {
            yield break;
        }

        string dropped = ((DropObject)context.Statement).Name.Key;
        string table = context.NameOf(rebuild.Table);
        List<(SqliteTable Child, ForeignKey Key)> children = [.. context.Model.ChildrenOf(dropped).Where(item => !item.Child.IsNew && !item.Child.Name.Equals(rebuild.Temporary, StringComparison.OrdinalIgnoreCase))];
        string inside = context.State.InTransaction ? " PRAGMA foreign_keys has no effect inside a transaction, and defer_foreign_keys does not stop ON DELETE." : "";
        string advice = "Switch foreign keys off before the transaction begins, rebuild, run PRAGMA foreign_key_check, commit, and switch them on again.";
        if (children.Count == 0 && !context.Model.Complete && context.Model.Table(dropped) is null)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level,
                $"With foreign keys on, the DROP TABLE of this rebuild first deletes the rows of {table}; tables that refer to it with ON DELETE CASCADE lose theirs without an error.{inside}", advice)
            {
                Relation = table,
                SaferSql = RebuildScript.Corrected(context, rebuild),
            }, DataLoss.Possible);
        }

        foreach ((SqliteTable child, ForeignKey key) in children)
        {
            bool fails = key.OnDelete is "NO ACTION" or "RESTRICT";
            string what = key.OnDelete == "CASCADE" ? $"every row of {child.Name} that refers to {table} is deleted without an error"
                : fails ? $"it fails with error 19 when a row of {child.Name} refers to {table}" : $"{string.Join(", ", key.Columns)} of {child.Name} is overwritten ({key.OnDelete})";
            yield return new(new RiskFinding(Info.Id, fails ? RiskLevel.Risky : Info.Level, $"With foreign keys on, the DROP TABLE of this rebuild first deletes the rows of {table}: {what}.{inside}", advice)
            {
                Relation = child.Name,
                SaferSql = RebuildScript.Corrected(context, rebuild),
                Probes = [ChildRows.Probe(child, key)],
            }, fails ? DataLoss.None : DataLoss.Certain);
        }
    }
}
