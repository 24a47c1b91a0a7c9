using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The statement fails.</summary>
internal sealed class StrictTypeInvalid : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("strict-type-invalid", RiskLevel.Risky, "A STRICT table takes only INT, INTEGER, REAL, TEXT, BLOB and ANY.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        IEnumerable<ColumnDefinition> columns = context.Statement switch
        {
            CreateTable { Strict: true } made => made.Columns,
            AddColumn add when context.Model.Table(add.Table.Key)?.Definition.Strict == true => [add.Column],
            _ => [],
        };
        foreach (ColumnDefinition column in columns.Where(column => !Types.Contains(column.Type, StringComparer.OrdinalIgnoreCase)))
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, column.Type.Length == 0 ? $"{column.Name} has no type, which a STRICT table refuses." : $"A STRICT table refuses the type {column.Type} of {column.Name}; the statement fails.",
                "Use INT, INTEGER, REAL, TEXT, BLOB or ANY, and a CHECK for lengths."));
        }
    }

    private static readonly string[] Types = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
}
