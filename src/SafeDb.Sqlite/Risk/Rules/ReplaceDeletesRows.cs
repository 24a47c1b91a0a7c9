using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>REPLACE is a DELETE and an INSERT.</summary>
internal sealed class ReplaceDeletesRows : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("replace-deletes-rows", RiskLevel.Risky, "REPLACE deletes the row that is in the way, and with it what other columns held.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is Insert { Replaces: true } insert && !context.IsNew(insert.Table.Key) && context.Rebuild is null)
        {
            string table = context.NameOf(insert.Table.Key);
            yield return new(new RiskFinding(Info.Id, Info.Level, $"REPLACE deletes the row of {table} that is in the way: columns that the statement does not name fall to their defaults, and foreign keys act as on a DELETE.",
                "Use INSERT … ON CONFLICT (key) DO UPDATE SET … instead.") { Relation = table }, DataLoss.Possible);
        }
    }
}
