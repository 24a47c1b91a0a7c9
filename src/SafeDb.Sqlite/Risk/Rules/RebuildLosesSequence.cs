using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Ids of deleted rows come back.</summary>
internal sealed class RebuildLosesSequence : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("rebuild-loses-sequence", RiskLevel.Risky, "A rebuilt AUTOINCREMENT table forgets the highest id it ever gave and gives it again.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is { } rebuild && rebuild.Drop == context.Index && !context.IsNew(rebuild.Table)
            && context.Model.Table(((DropObject)context.Statement).Name.Key) is { AutoIncrement: true } table
            && !context.File.Texts.Any(text => text.Contains("sqlite_sequence", StringComparison.OrdinalIgnoreCase)))
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"The counter of {context.NameOf(rebuild.Table)} starts again at the highest id that is left: ids of rows deleted before are given to new rows.",
                "Carry the counter over: copy the row of sqlite_sequence to the new name before the old table is dropped.")
            {
                Relation = table.Name,
                SaferSql = RebuildScript.Corrected(context, rebuild),
            });
        }
    }
}
