using System.Collections.Concurrent;
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
public sealed record ComparedTable(string Name, string Display, string Identity, IReadOnlyList<ComparedColumn> Columns, IReadOnlyList<string> Key)
{
    /// <summary>Where its rows are stored, another value meaning that they were written anew or thrown away; null when the engine does not tell.</summary>
    public string? Storage { get; init; }
}

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
public abstract partial class RowComparison : IRowComparison
{
    /// <summary>Prefix of the kept tables' names.</summary>
    protected const string KeptPrefix = "safedb_kept_";

    /// <inheritdoc/>
    public async Task<IKeptRows> KeepAsync(IDatabaseSession copy, Func<CancellationToken, Task<IDatabaseSession>> another, CancellationToken cancellationToken)
    {
        (ComparedTable Table, string Kept)[] kept = [.. (await TablesAsync(copy, cancellationToken).ConfigureAwait(false)).Select((table, index) => (table, KeptName(index + 1)))];
        var queue = new ConcurrentQueue<(ComparedTable Table, string Kept)>(kept);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task Worker(IDatabaseSession session) => KeepAsync(session, queue, stop);
        await FirstFailure.WhenAllAsync([Worker(copy), .. Enumerable.Range(1, Math.Max(0, Math.Min(KeepingSessions, kept.Length) - 1)).Select(_ => OpenedAsync(another, Worker, stop.Token))]).ConfigureAwait(false);
        return new KeptRows(this, kept);
    }

    /// <inheritdoc/>
    public virtual Task<IReadOnlySet<string>?> WrittenAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.FromResult<IReadOnlySet<string>?>(null);

    /// <inheritdoc/>
    public bool IsOwn(SchemaObject item) => item.Identity.Contains(KeptPrefix, StringComparison.Ordinal);

    /// <summary>Every user table but bookkeeping and kept ones.</summary>
    protected abstract Task<IReadOnlyList<ComparedTable>> TablesAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Name of the kept table of a number.</summary>
    protected virtual string KeptName(int number) => $"{KeptPrefix}{number.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>How many sessions may keep tables at once.</summary>
    protected virtual int KeepingSessions => 1;

    /// <summary>The words that make a kept table; without a log where the engine can.</summary>
    protected virtual string CreateKept => "create table";

    /// <summary>The word that keeps a query from children of a table, or nothing.</summary>
    protected virtual string Only => "";

    /// <summary>A condition that two expressions of one type differ, NULL counted as a value.</summary>
    protected abstract string Differs(string before, string after, string type);

    /// <summary>Whether the locks that a transaction holds, and what it wrote, at the end of its statements tell every table whose rows it changes.</summary>
    protected virtual Task<bool> TracesTellAsync(IDatabaseSession copy, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>A condition that the new value, taken back to the old type, is not the old value.</summary>
    protected abstract string DiffersAfterWayBack(string before, string after, string oldType);

    /// <summary>A key column as an expression that compares across a change of type.</summary>
    protected abstract string KeyText(string expression, string type, string otherType);

    private static async Task OpenedAsync(Func<CancellationToken, Task<IDatabaseSession>> open, Func<IDatabaseSession, Task> work, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await open(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            await work(session).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync(IDatabaseSession session, ConcurrentQueue<(ComparedTable Table, string Kept)> queue, CancellationTokenSource stop)
    {
        try
        {
            while (queue.TryDequeue(out (ComparedTable Table, string Kept) next))
            {
                string columns = string.Join(", ", next.Table.Columns.Select(column => column.Name));
                await session.ExecuteAsync($"{CreateKept} {next.Kept} as select {(columns.Length == 0 ? "1 as safedb_row" : columns)} from {Only}{next.Table.Name}", stop.Token).ConfigureAwait(false);
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

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

        string on = string.Join(" and ", key.Select(pair => $"{KeyText("o." + pair.Old.Name, pair.Old.Type, pair.New.Type)} = {KeyText("n." + pair.New.Name, pair.New.Type, pair.Old.Type)}"));
        return await new JoinedComparison(this, copy, kept, now, on).RunAsync(new TableDataChange(old.Display, before, after), pairs, cancellationToken).ConfigureAwait(false);
    }

    private static ComparedColumn? Match(ComparedColumn column, ComparedTable now) =>
        now.Columns.FirstOrDefault(other => column.Identity.Length > 0 && other.Identity == column.Identity) ?? now.Columns.FirstOrDefault(other => other.Name == column.Name);

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
        public async Task<IReadOnlyList<TableDataChange>> CompareAsync(IDatabaseSession copy, RowTraces traces, CancellationToken cancellationToken)
        {
            RowTraces told = await comparison.TracesTellAsync(copy, cancellationToken).ConfigureAwait(false) ? traces : new RowTraces(null, null);
            IReadOnlyList<ComparedTable> now = await comparison.TablesAsync(copy, cancellationToken).ConfigureAwait(false);
            var fresh = now.Where(table => kept.All(pair => pair.Table.Name != table.Name)).ToList();
            var changes = new List<TableDataChange>();
            foreach ((ComparedTable table, string name) in kept)
            {
                ComparedTable? current = now.FirstOrDefault(other => table.Identity.Length > 0 && other.Identity == table.Identity)
                    ?? now.FirstOrDefault(other => other.Name == table.Name)
                    ?? await RenamedAsync(copy, table, name, fresh, cancellationToken).ConfigureAwait(false);
                if (current is not null && CannotHaveChanged(table, current, told))
                {
                    continue;
                }

                TableDataChange change = await comparison.CompareAsync(copy, table, name, current, cancellationToken).ConfigureAwait(false);
                if (change.Any)
                {
                    changes.Add(change);
                }
            }

            return changes;
        }

        private static bool CannotHaveChanged(ComparedTable old, ComparedTable now, RowTraces traces) =>
            (traces.Locked is { } locked && !locked.Contains(old.Display) && !locked.Contains(now.Display))
            || (traces.Written is { } written && old.Identity.Length > 0 && !written.Contains(old.Identity) && IsStoredAlike(old, now));

        /// <summary>Whether rows that nobody wrote still read the same: they lie where they lay, and their columns have the types that they had.</summary>
        private static bool IsStoredAlike(ComparedTable old, ComparedTable now) =>
            old.Identity == now.Identity && old.Storage is not null && old.Storage == now.Storage
            && old.Columns.All(column => now.Columns.Any(other => other.Identity == column.Identity && other.Type == column.Type));

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
