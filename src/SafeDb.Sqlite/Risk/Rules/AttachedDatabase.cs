using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>What is outside of the database is outside of its backup.</summary>
internal sealed class AttachedDatabase : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("attached-database", RiskLevel.Risky, "The migration reaches into another database file.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is Maintenance { Form: "Attach" })
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, "ATTACH brings another file into the migration: the backup, the rehearsal and the rollback of this database do not cover it, and a crash can commit one file without the other (WAL).",
                "Migrate each database by itself."));
        }
    }
}
