using System.Globalization;

using SafeDb.Migration.History;
using SafeDb.Providers;

namespace SafeDb.Migration.Rows;

public abstract partial class RowComparison
{
    /// <summary>Compares a table with a key: one pass over kept and present rows tells of every column.</summary>
    private sealed class JoinedComparison(RowComparison comparison, IDatabaseSession copy, string kept, ComparedTable now, string on)
    {
        private string From => $"from {kept} as o join {comparison.Only}{now.Name} as n on {on}";

        public async Task<TableDataChange> RunAsync(TableDataChange change, (ComparedColumn Old, ComparedColumn? New)[] pairs, CancellationToken cancellationToken)
        {
            ComparedColumn[] fresh = [.. now.Columns.Where(column => pairs.All(pair => pair.New != column))];
            var counts = new List<string> { "count(*)" };
            foreach ((ComparedColumn old, ComparedColumn? current) in pairs)
            {
                counts.AddRange(current is null ? Candidates(old, fresh).Select(candidate => CountOf(comparison.Differs("o." + old.Name, "n." + candidate.Name, old.Type))) : Counts(old, current));
            }

            object?[] row = (await HistoryEngine.QueryAsync(copy, $"select {string.Join(", ", counts)} {From}", cancellationToken).ConfigureAwait(false))[0];
            int next = 0;
            long Take() => Convert.ToInt64(row[next++], CultureInfo.InvariantCulture);
            long joined = Take();
            var columns = new List<ColumnDataChange>();
            foreach ((ComparedColumn old, ComparedColumn? current) in pairs)
            {
                // Every count is taken, also where the first candidate already tells: they stand in order.
                long[] taken = [.. Enumerable.Range(0, current is null ? Candidates(old, fresh).Count() : 2).Select(_ => Take())];
                ColumnDataChange? found = current is not null ? await ChangedAsync(old, current, taken[0], taken[1], cancellationToken).ConfigureAwait(false)
                    : taken.Contains(0) ? null
                    : await GoneAsync(old, cancellationToken).ConfigureAwait(false);
                if (found is not null)
                {
                    columns.Add(found);
                }
            }

            return change with { RowsGone = Math.Max(0, change.RowsBefore - joined), Columns = columns };
        }

        private IEnumerable<string> Counts(ComparedColumn old, ComparedColumn current)
        {
            string before = "o." + old.Name;
            string after = "n." + current.Name;
            bool typeChanged = old.Type != current.Type;
            string differs = typeChanged ? comparison.DiffersAfterWayBack(before, after, old.Type) : comparison.Differs(before, after, old.Type);
            string lost = typeChanged ? $"{before} is not null and ({after} is null or {differs})" : $"{before} is not null and {after} is null";
            return [CountOf(differs), CountOf(lost)];
        }

        private async Task<ColumnDataChange?> ChangedAsync(ComparedColumn old, ComparedColumn current, long changed, long lost, CancellationToken cancellationToken)
        {
            bool typeChanged = old.Type != current.Type;
            if (changed == 0 && !typeChanged)
            {
                return null;
            }

            long merged = changed == 0 || typeChanged ? 0 : await MergedAsync(old, current, cancellationToken).ConfigureAwait(false);
            return new ColumnDataChange(old.Display, changed, lost + merged) { TypeChange = typeChanged ? $"{old.Type} to {current.Type}" : null };
        }

        /// <summary>Values that were overwritten so that several old ones became one new one: nobody can tell any more which was which.</summary>
        private async Task<long> MergedAsync(ComparedColumn old, ComparedColumn current, CancellationToken cancellationToken)
        {
            // As text: there are types without an order or equality of their own.
            string before = comparison.KeyText("o." + old.Name, old.Type, "");
            string after = comparison.KeyText("n." + current.Name, current.Type, "");
            string groups = $"select count(*) as rows_merged {From} where {before} is not null and {after} is not null and "
                + $"{comparison.Differs("o." + old.Name, "n." + current.Name, old.Type)} group by {after} having count(distinct {before}) > 1";
            object? sum = await HistoryEngine.ScalarAsync(copy, $"select coalesce(sum(rows_merged), 0) from ({groups}) as merged", cancellationToken).ConfigureAwait(false);
            return Convert.ToInt64(sum, CultureInfo.InvariantCulture);
        }

        private async Task<ColumnDataChange> GoneAsync(ComparedColumn old, CancellationToken cancellationToken)
        {
            long values = await CountAsync(copy, $"{kept} as o where o.{old.Name} is not null", cancellationToken).ConfigureAwait(false);
            return new ColumnDataChange(old.Display, values, values) { Gone = true };
        }

        private static IEnumerable<ComparedColumn> Candidates(ComparedColumn old, ComparedColumn[] fresh) => fresh.Where(column => column.Type == old.Type);

        private static string CountOf(string condition) => $"count(case when {condition} then 1 end)";
    }
}
