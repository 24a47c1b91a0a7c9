using System.Globalization;

using SafeDb.Migration.History;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Migration.Rows;

/// <summary>A table as a comparison sees it. Names are quoted.</summary>
/// <param name="Name">Qualified name.</param>
/// <param name="Display">Name for people.</param>
/// <param name="Identity">What stays the same when it is renamed, or empty.</param>
/// <param name="Columns">Its columns, generated ones left out.</param>
/// <param name="Key">Names of its key columns; empty without a key.</param>
public sealed record ComparedTable(string Name, string Display, string Identity, IReadOnlyList<ComparedColumn> Columns, IReadOnlyList<string> Key);

/// <summary>A column as a comparison sees it.</summary>
/// <param name="Name">Quoted name.</param>
/// <param name="Display">Name for people.</param>
/// <param name="Type">Type as the engine formats it.</param>
/// <param name="Identity">What stays the same when it is renamed, or empty.</param>
public sealed record ComparedColumn(string Name, string Display, string Type, string Identity);

/// <summary>
/// Keeps a copy of every table's rows beside them and compares by key afterwards. A dropped column whose values live on in a new one, and a renamed table, are no loss;
/// a value that became NULL, or that does not survive the way back to its old type, is.
/// </summary>
public abstract class RowComparison : IRowComparison
{
    /// <summary>Prefix of the kept tables' names.</summary>
    protected const string KeptPrefix = "safedb_kept_";

    /// <inheritdoc/>
    public async Task<IKeptRows> KeepAsync(IDatabaseSession copy, CancellationToken cancellationToken)
    {
        var kept = new List<(ComparedTable Table, string Kept)>();
        foreach (ComparedTable table in await TablesAsync(copy, cancellationToken).ConfigureAwait(false))
        {
            string name = KeptName(kept.Count + 1);
            string columns = string.Join(", ", table.Columns.Select(column => column.Name));
            await copy.ExecuteAsync($"create table {name} as select {(columns.Length == 0 ? "1 as safedb_row" : columns)} from {Only}{table.Name}", cancellationToken).ConfigureAwait(false);
            kept.Add((table, name));
        }

        return new KeptRows(this, kept);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, long>> CountAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (ComparedTable table in await TablesAsync(session, cancellationToken).ConfigureAwait(false))
        {
            rows[table.Display] = await CountAsync(session, $"{Only}{table.Name}", cancellationToken).ConfigureAwait(false);
        }

        return rows;
    }

    /// <inheritdoc/>
    public bool IsOwn(SchemaObject item) => item.Identity.Contains(KeptPrefix, StringComparison.Ordinal);

    /// <summary>Every user table but bookkeeping and kept ones.</summary>
    protected abstract Task<IReadOnlyList<ComparedTable>> TablesAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Name of the kept table of a number.</summary>
    protected virtual string KeptName(int number) => $"{KeptPrefix}{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The word that keeps a query from children of a table, or nothing.</summary>
    protected virtual string Only => "";

    /// <summary>A condition that two expressions of one type differ, NULL counted as a value.</summary>
    protected abstract string Differs(string before, string after);

    /// <summary>A condition that the new value, taken back to the old type, is not the old value.</summary>
    protected abstract string DiffersAfterWayBack(string before, string after, string oldType);

    /// <summary>A key column as an expression that compares across a change of type.</summary>
    protected abstract string KeyText(string expression);

    private static async Task<long> CountAsync(IDatabaseSession session, string from, CancellationToken cancellationToken) =>
        Convert.ToInt64(await HistoryEngine.ScalarAsync(session, $"select count(*) from {from}", cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);

    private async Task<TableDataChange> CompareAsync(IDatabaseSession copy, ComparedTable old, string kept, ComparedTable? now, CancellationToken cancellationToken)
    {
        long before = await CountAsync(copy, kept, cancellationToken).ConfigureAwait(false);
        if (now is null)
        {
            return new TableDataChange(old.Display, before, 0) { TableGone = true, RowsGone = before };
        }

        long after = await CountAsync(copy, $"{Only}{now.Name}", cancellationToken).ConfigureAwait(false);
        (ComparedColumn Old, ComparedColumn? New)[] pairs = [.. old.Columns.Select(column => (column, Match(column, now)))];
        (ComparedColumn Old, ComparedColumn New)[] key = [.. old.Key.Select(name => pairs.FirstOrDefault(pair => pair.Old.Name == name)).Where(pair => pair.New is not null).Select(pair => (pair.Old, pair.New!))];
        if (key.Length == 0 || key.Length != old.Key.Count)
        {
            return new TableDataChange(old.Display, before, after) { RowsGone = Math.Max(0, before - after), Columns = await GoneColumnsAsync(copy, kept, pairs, cancellationToken).ConfigureAwait(false) };
        }

        string on = string.Join(" and ", key.Select(pair => $"{KeyText("o." + pair.Old.Name)} = {KeyText("n." + pair.New.Name)}"));
        long joined = await CountAsync(copy, $"{kept} as o join {Only}{now.Name} as n on {on}", cancellationToken).ConfigureAwait(false);
        var columns = new List<ColumnDataChange>();
        foreach ((ComparedColumn oldColumn, ComparedColumn? newColumn) in pairs)
        {
            ColumnDataChange? change = newColumn is not null
                ? await ColumnAsync(copy, kept, now, on, oldColumn, newColumn, cancellationToken).ConfigureAwait(false)
                : await GoneColumnAsync(copy, kept, now, on, oldColumn, [.. now.Columns.Where(column => pairs.All(pair => pair.New != column))], cancellationToken).ConfigureAwait(false);
            if (change is not null)
            {
                columns.Add(change);
            }
        }

        return new TableDataChange(old.Display, before, after) { RowsGone = Math.Max(0, before - joined), Columns = columns };
    }

    private static ComparedColumn? Match(ComparedColumn column, ComparedTable now) =>
        now.Columns.FirstOrDefault(other => column.Identity.Length > 0 && other.Identity == column.Identity) ?? now.Columns.FirstOrDefault(other => other.Name == column.Name);

    private async Task<ColumnDataChange?> ColumnAsync(
        IDatabaseSession copy, string kept, ComparedTable now, string on, ComparedColumn old, ComparedColumn current, CancellationToken cancellationToken)
    {
        string before = "o." + old.Name;
        string after = "n." + current.Name;
        bool typeChanged = old.Type != current.Type;
        string differs = typeChanged ? DiffersAfterWayBack(before, after, old.Type) : Differs(before, after);
        string lost = typeChanged ? $"{before} is not null and ({after} is null or {differs})" : $"{before} is not null and {after} is null";
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(
            copy, $"select count(case when {differs} then 1 end), count(case when {lost} then 1 end) from {kept} as o join {Only}{now.Name} as n on {on}", cancellationToken).ConfigureAwait(false);
        long changed = Convert.ToInt64(rows[0][0], CultureInfo.InvariantCulture);
        long gone = Convert.ToInt64(rows[0][1], CultureInfo.InvariantCulture);
        if (changed == 0 && !typeChanged)
        {
            return null;
        }

        long merged = changed == 0 || typeChanged ? 0 : await MergedAsync(copy, kept, now, on, old, current, cancellationToken).ConfigureAwait(false);
        return new ColumnDataChange(old.Display, changed, gone + merged) { TypeChange = typeChanged ? $"{old.Type} to {current.Type}" : null };
    }

    /// <summary>Values that were overwritten so that several old ones became one new one: nobody can tell any more which was which.</summary>
    private async Task<long> MergedAsync(IDatabaseSession copy, string kept, ComparedTable now, string on, ComparedColumn old, ComparedColumn current, CancellationToken cancellationToken)
    {
        string before = KeyText("o." + old.Name);
        string after = KeyText("n." + current.Name);
        string groups = $"select count(*) as rows_merged from {kept} as o join {Only}{now.Name} as n on {on} where {before} is not null and {after} is not null and "
            + $"{Differs("o." + old.Name, "n." + current.Name)} group by {after} having count(distinct {before}) > 1";
        object? sum = await HistoryEngine.ScalarAsync(copy, $"select coalesce(sum(rows_merged), 0) from ({groups}) as merged", cancellationToken).ConfigureAwait(false);
        return Convert.ToInt64(sum, CultureInfo.InvariantCulture);
    }

    private async Task<ColumnDataChange?> GoneColumnAsync(
        IDatabaseSession copy, string kept, ComparedTable now, string on, ComparedColumn old, IReadOnlyList<ComparedColumn> fresh, CancellationToken cancellationToken)
    {
        foreach (ComparedColumn candidate in fresh.Where(column => column.Type == old.Type))
        {
            long differing = await CountAsync(copy, $"{kept} as o join {Only}{now.Name} as n on {on} where {Differs("o." + old.Name, "n." + candidate.Name)}", cancellationToken).ConfigureAwait(false);
            if (differing == 0)
            {
                return null;
            }
        }

        long values = await CountAsync(copy, $"{kept} as o where o.{old.Name} is not null", cancellationToken).ConfigureAwait(false);
        return new ColumnDataChange(old.Display, values, values) { Gone = true };
    }

    private static async Task<IReadOnlyList<ColumnDataChange>> GoneColumnsAsync(IDatabaseSession copy, string kept, (ComparedColumn Old, ComparedColumn? New)[] pairs, CancellationToken cancellationToken)
    {
        var gone = new List<ColumnDataChange>();
        foreach ((ComparedColumn old, ComparedColumn? current) in pairs.Where(pair => pair.New is null))
        {
            long values = await CountAsync(copy, $"{kept} as o where o.{old.Name} is not null", cancellationToken).ConfigureAwait(false);
            gone.Add(new ColumnDataChange(old.Display, values, values) { Gone = true });
        }

        return gone;
    }

    private sealed class KeptRows(RowComparison comparison, IReadOnlyList<(ComparedTable Table, string Kept)> kept) : IKeptRows
    {
        public async Task<IReadOnlyList<TableDataChange>> CompareAsync(IDatabaseSession copy, CancellationToken cancellationToken)
        {
            IReadOnlyList<ComparedTable> now = await comparison.TablesAsync(copy, cancellationToken).ConfigureAwait(false);
            var fresh = now.Where(table => kept.All(pair => pair.Table.Name != table.Name)).ToList();
            var changes = new List<TableDataChange>();
            foreach ((ComparedTable table, string name) in kept)
            {
                ComparedTable? current = now.FirstOrDefault(other => table.Identity.Length > 0 && other.Identity == table.Identity)
                    ?? now.FirstOrDefault(other => other.Name == table.Name)
                    ?? await RenamedAsync(copy, table, name, fresh, cancellationToken).ConfigureAwait(false);
                TableDataChange change = await comparison.CompareAsync(copy, table, name, current, cancellationToken).ConfigureAwait(false);
                if (change.Any)
                {
                    changes.Add(change);
                }
            }

            return changes;
        }

        /// <summary>A new table with the same columns and as many rows stands for one that is gone.</summary>
        private static async Task<ComparedTable?> RenamedAsync(IDatabaseSession copy, ComparedTable old, string keptName, List<ComparedTable> fresh, CancellationToken cancellationToken)
        {
            foreach (ComparedTable candidate in fresh.Where(table => old.Columns.All(column => table.Columns.Any(other => other.Name == column.Name))))
            {
                if (await CountAsync(copy, candidate.Name, cancellationToken).ConfigureAwait(false) == await CountAsync(copy, keptName, cancellationToken).ConfigureAwait(false))
                {
                    return candidate;
                }
            }

            return null;
        }
    }
}
