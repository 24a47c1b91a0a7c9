using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The rest of the session checks nothing.</summary>
internal sealed class ForeignKeysLeftOff : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("foreign-keys-left-off", RiskLevel.Risky, "Foreign keys are switched off and not on again.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is Pragma { Name: "foreign_keys", Value: { } value } && !ConnectionState.IsOn(value) && !context.State.InTransaction
            && !context.File.Statements.Skip(context.Index + 1).Any(statement => statement is Pragma { Name: "foreign_keys", Value: { } later } && ConnectionState.IsOn(later)))
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, "Foreign keys stay off for the rest of the connection: later statements can leave rows without their parents.", "End the file with PRAGMA foreign_keys=ON, after the commit."));
        }
    }
}
