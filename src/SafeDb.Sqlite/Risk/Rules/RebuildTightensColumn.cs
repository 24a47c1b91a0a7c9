using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The copy fails on the first NULL.</summary>
internal sealed class RebuildTightensColumn : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("rebuild-tightens-column", RiskLevel.Risky, "A rebuild makes a column NOT NULL that may hold NULL.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is not { } rebuild || !rebuild.Copies.Contains(context.Index) || context.Statement is not Insert insert
            || context.File.Statements[rebuild.Create] is not CreateTable created
            || context.Model.Table(rebuild.OldFirst ? rebuild.Temporary : rebuild.Table) is not { ColumnsKnown: true, IsNew: false } old)
        {
            yield break;
        }

        foreach (ColumnDefinition column in created.Columns.Where(column => column is { NotNull: true, Generated: null }))
        {
            bool copiedPlain = insert.SelectsStar || (insert.Selected?.Contains(column.Name, StringComparer.OrdinalIgnoreCase) ?? false);
            if (copiedPlain && old.Column(column.Name) is { NotNull: false } before && !old.PrimaryKey.Contains(before.Name.ToLowerInvariant(), StringComparer.Ordinal))
            {
                yield return new(new RiskFinding(Info.Id, Info.Level, $"{column.Name} of {old.Name} becomes NOT NULL: the copy fails when a row holds NULL there.",
                    $"Fill the NULLs in a migration of their own first, or copy coalesce({column.Name}, <value>).")
                {
                    Relation = old.Name,
                    Probes = [new RiskProbe($"rows of {old.Name} with NULL in {column.Name}", $"SELECT count(*) FROM {TableEdit.Quote(old.Name)} WHERE {TableEdit.Quote(column.Name)} IS NULL") { LevelWhenZero = RiskLevel.Safe }],
                });
            }
        }
    }
}
