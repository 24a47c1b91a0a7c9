using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Protection that a migration switches off.</summary>
internal sealed class UnsafePragma : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("unsafe-pragma", RiskLevel.Risky, "A pragma switches off what protects the database.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is Pragma { Value: { } value } pragma && Reason(pragma.Name, value.ToLowerInvariant()) is { } reason)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"PRAGMA {pragma.Name}={value}: {reason}.", "Leave it out of migrations."), pragma.Name is "journal_mode" or "synchronous" ? DataLoss.Possible : DataLoss.None);
        }
    }

    private static string? Reason(string name, string value) => (name, value) switch
    {
        ("journal_mode", "off" or "memory") => "a crash or power cut during the migration destroys the database",
        ("synchronous", "off" or "0") => "a power cut can destroy the database",
        ("ignore_check_constraints", _) when ConnectionState.IsOn(value) => "rows that violate a CHECK get in",
        ("legacy_alter_table", _) when ConnectionState.IsOn(value) => "renames leave views, triggers and foreign keys pointing at the old name",
        ("trusted_schema", _) when ConnectionState.IsOn(value) => "functions in the schema run without a check",
        ("schema_version", _) => "other connections may keep a wrong schema and destroy the database",
        _ => null,
    };
}
