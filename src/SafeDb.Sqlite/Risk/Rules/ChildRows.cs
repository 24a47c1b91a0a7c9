using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Counts the rows of a child table that refer to a parent.</summary>
internal static class ChildRows
{
    public static RiskProbe Probe(SqliteTable child, ForeignKey key)
    {
        string filled = string.Join(" AND ", key.Columns.Select(column => $"{TableEdit.Quote(column)} IS NOT NULL"));
        return new RiskProbe($"rows of {child.Name} that refer to it", $"SELECT count(*) FROM {TableEdit.Quote(child.Name)} WHERE {filled}") { LevelWhenZero = RiskLevel.Safe };
    }
}
