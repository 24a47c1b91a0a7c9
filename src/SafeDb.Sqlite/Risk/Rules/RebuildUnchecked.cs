using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Rows without parents stay unseen.</summary>
internal sealed class RebuildUnchecked : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("rebuild-without-foreign-key-check", RiskLevel.Safe, "A rebuild with foreign keys off does not check them afterwards.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is { } rebuild && rebuild.Drop == context.Index && context.State.ForeignKeysOff
            && !context.File.Statements.Skip(context.Index).Any(statement => statement is Pragma { Name: "foreign_key_check" }))
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, "Foreign keys are off during the rebuild, and nothing checks them before they are switched on again.", "Run PRAGMA foreign_key_check before the commit; it must give no row."));
        }
    }
}
