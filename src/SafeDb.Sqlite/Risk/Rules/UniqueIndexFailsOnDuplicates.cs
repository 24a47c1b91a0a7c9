using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Passes with test data and fails on duplicates in production.</summary>
internal sealed class UniqueIndexFailsOnDuplicates : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("unique-index-fails-on-duplicates", RiskLevel.Risky, "A unique index cannot be built while rows repeat.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is CreateIndex { Unique: true } index && !context.IsNew(index.Table.ToLowerInvariant()) && !IsOfRebuild(context, index))
        {
            string table = context.NameOf(index.Table.ToLowerInvariant());
            yield return new(new RiskFinding(Info.Id, Info.Level, $"The unique index on {table} ({string.Join(", ", index.Columns)}) fails when rows repeat.", "Find the duplicates first and decide which row stays, in a migration of its own.")
            {
                Relation = table,
                Probes = [Duplicates(table, index)],
            });
        }
    }

    // A unique index that the old table had holds for the copied rows too.
    private static bool IsOfRebuild(SqliteRuleContext context, CreateIndex index) =>
        context.File.Rebuilds.Any(rebuild => rebuild.Table.Equals(index.Table, StringComparison.OrdinalIgnoreCase) && rebuild.Drop < context.Index) && context.File.Lost.Contains(index.Name.Key);

    private static RiskProbe Duplicates(string table, CreateIndex index)
    {
        string columns = string.Join(", ", index.Columns.Select(column => index.Words.Contains(column) ? TableEdit.Quote(column) : column));
        string filled = string.Join(" AND ", index.Columns.Select(column => $"{(index.Words.Contains(column) ? TableEdit.Quote(column) : $"({column})")} IS NOT NULL"));
        string where = index.Where is { } condition ? $"({condition}) AND {filled}" : filled;
        return new RiskProbe($"rows of {table} that repeat another one's key",
            $"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {TableEdit.Quote(table)} WHERE {where} GROUP BY {columns} HAVING count(*) > 1)") { LevelWhenZero = RiskLevel.Safe };
    }
}
