using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>A promise that the engine does not keep.</summary>
internal sealed class TypeNotEnforced : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("type-not-enforced", RiskLevel.Safe, "SQLite does not enforce the length of a type.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        IEnumerable<ColumnDefinition> columns = context.Statement switch
        {
            CreateTable { Strict: false } made => made.Columns,
            AddColumn add when context.Model.Table(add.Table.Key)?.Definition.Strict != true => [add.Column],
            _ => [],
        };
        List<string> named = [.. columns.Where(column => HasLength(column.Type)).Select(column => $"{column.Name} {column.Type}")];
        if (named.Count > 0)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"SQLite does not enforce {string.Join(", ", named)}: longer values are stored as they are.", "Add CHECK (length(column) <= n) where the limit matters."));
        }
    }

    private static bool HasLength(string type) => type.Contains('(', StringComparison.Ordinal) && type.Contains("char", StringComparison.OrdinalIgnoreCase);
}
