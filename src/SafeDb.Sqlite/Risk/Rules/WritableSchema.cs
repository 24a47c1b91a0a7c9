using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>One wrong letter makes the database unreadable.</summary>
internal sealed class WritableSchema : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("writable-schema", RiskLevel.Dangerous, "The schema table is edited directly; SQLite checks nothing.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        string? target = context.Statement switch
        {
            Update update => update.Table.Key,
            Delete delete => delete.Table.Key,
            Insert insert => insert.Table.Key,
            _ => null,
        };
        bool pragma = context.Statement is Pragma { Name: "writable_schema", Value: { } value } && (ConnectionState.IsOn(value) || value.Equals("reset", StringComparison.OrdinalIgnoreCase));
        if (pragma || target is "sqlite_master" or "sqlite_schema" or "sqlite_temp_master" or "sqlite_temp_schema")
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, "The schema is edited as text and nothing checks it: a wrong letter makes the database unreadable, and existing rows are not checked against what is written.",
                "Use ALTER TABLE, or rebuild the table."), DataLoss.Possible);
        }
    }
}
