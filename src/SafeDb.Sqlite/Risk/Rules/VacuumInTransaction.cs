using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The statement fails.</summary>
internal sealed class VacuumInTransaction : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("vacuum-in-transaction", RiskLevel.Risky, "VACUUM fails inside a transaction.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is Maintenance { Form: "Vacuum" } && context.State is { InTransaction: true } state && (state.InExplicit || state.Savepoints > 0))
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, "VACUUM fails inside a transaction (\"cannot VACUUM from within a transaction\").", "Put it after COMMIT, or into a maintenance script of its own."));
        }
    }
}
