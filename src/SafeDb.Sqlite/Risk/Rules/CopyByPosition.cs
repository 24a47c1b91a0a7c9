using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Values land in the wrong column.</summary>
internal sealed class CopyByPosition : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("copy-by-column-position", RiskLevel.Risky, "INSERT … SELECT without names pairs columns by position, and swaps values when the order differs.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is not Insert { Reads: [var source] } insert || (insert.Columns is not null && !insert.SelectsStar) || (insert.Selected is null && !insert.SelectsStar))
        {
            yield break;
        }

        IReadOnlyList<string>? into = insert.Columns ?? Names(context.Model.Table(insert.Table.Key));
        IReadOnlyList<string>? from = insert.Selected ?? Names(context.Model.Table(source));
        bool known = into is not null && from is not null;
        if (!known && !insert.SelectsStar)
        {
            yield break;
        }

        List<string> swapped = known ? [.. Swapped(into!, from!)] : [];
        if (swapped.Count > 0)
        {
            yield return new(new RiskFinding(Info.Id, RiskLevel.Dangerous, $"The columns stand in another order: {string.Join(", ", swapped)}. SQLite does not check types, so the values are silently swapped.", Advice)
            {
                Relation = insert.Table.Name,
            }, DataLoss.Certain);
        }
        else if (!known)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"SELECT * pairs the columns of {context.NameOf(source)} and {insert.Table.Name} by position; where the order differs, the values are silently swapped.", Advice)
            {
                Relation = insert.Table.Name,
            }, DataLoss.Possible);
        }
    }

    private const string Advice = "Name the columns on both sides: INSERT INTO new (a, b) SELECT a, b FROM old.";

    private static string[]? Names(SqliteTable? table) => table is { ColumnsKnown: true } ? [.. table.StoredColumns.Select(column => column.Name)] : null;

    // A name that stands at another place of the other side is swapped; a name that is nowhere there was renamed on purpose.
    private static IEnumerable<string> Swapped(IReadOnlyList<string> into, IReadOnlyList<string> from)
    {
        for (int i = 0; i < Math.Min(into.Count, from.Count); i++)
        {
            if (!into[i].Equals(from[i], StringComparison.OrdinalIgnoreCase) && into.Contains(from[i], StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{from[i]} goes into {into[i]}";
            }
        }
    }
}
