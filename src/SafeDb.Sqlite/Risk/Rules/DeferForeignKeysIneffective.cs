using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>A protection that does not protect.</summary>
internal sealed class DeferForeignKeysIneffective : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("defer-foreign-keys-ineffective", RiskLevel.Risky, "PRAGMA defer_foreign_keys defers checks, not ON DELETE.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is Pragma { Name: "defer_foreign_keys", Value: { } value } && ConnectionState.IsOn(value) && !context.State.ForeignKeysOff
            && context.File.Statements.Skip(context.Index + 1).Any(statement => statement is DropObject { What: "Table" } drop && !context.IsNew(drop.Name.Key)))
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, "PRAGMA defer_foreign_keys puts off checks only: ON DELETE CASCADE, SET NULL and RESTRICT of other tables still act when the table below is dropped.",
                "Switch foreign keys off before the transaction begins (PRAGMA foreign_keys=OFF), and check with PRAGMA foreign_key_check before the commit."));
        }
    }
}
