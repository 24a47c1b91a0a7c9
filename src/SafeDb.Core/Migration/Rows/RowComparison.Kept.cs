using System.Collections.Concurrent;

using SafeDb.Errors;
using SafeDb.Providers;

namespace SafeDb.Migration.Rows;

public abstract partial class RowComparison
{
    /// <summary>A table as it was, and the name under which its rows are kept.</summary>
    private sealed record KeptTable(ComparedTable Table, string Name)
    {
        public bool Kept { get; set; }
    }

    private sealed class KeptRows(RowComparison comparison, IDatabaseSession copy, Func<CancellationToken, Task<IDatabaseSession>> another, IReadOnlyList<KeptTable> tables) : IKeptRows
    {
        public IReadOnlyList<string> Tables { get; } = [.. tables.Select(item => item.Table.Display)];

        public async Task KeepAsync(IReadOnlySet<string>? names, CancellationToken cancellationToken)
        {
            KeptTable[] wanted = [.. tables.Where(item => !item.Kept && names?.Contains(item.Table.Display) != false)];
            var queue = new ConcurrentQueue<KeptTable>(wanted);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            int others = Math.Max(0, Math.Min(comparison.KeepingSessions, wanted.Length) - 1);
            await FirstFailure.WhenAllAsync([KeepAllAsync(copy, queue, stop), .. Enumerable.Range(0, others).Select(_ => KeepBesideAsync(queue, stop))]).ConfigureAwait(false);
        }

        public async Task<IReadOnlySet<string>> MissingAsync(RowTraces traces, CancellationToken cancellationToken)
        {
            if (tables.All(item => item.Kept))
            {
                return new HashSet<string>(StringComparer.Ordinal);
            }

            RowTraces told = await ToldAsync(traces, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<ComparedTable> now = await comparison.TablesAsync(copy, cancellationToken).ConfigureAwait(false);
            return tables.Where(item => !item.Kept && (Match(item.Table, now) is not { } current || !CannotHaveChanged(item.Table, current, told)))
                .Select(item => item.Table.Display).ToHashSet(StringComparer.Ordinal);
        }

        public async Task<IReadOnlyList<TableDataChange>> CompareAsync(RowTraces traces, CancellationToken cancellationToken)
        {
            RowTraces told = await ToldAsync(traces, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<ComparedTable> now = await comparison.TablesAsync(copy, cancellationToken).ConfigureAwait(false);
            var fresh = now.Where(table => tables.All(item => item.Table.Name != table.Name)).ToList();
            var changes = new List<TableDataChange>();
            foreach (KeptTable item in tables)
            {
                ComparedTable? current = Match(item.Table, now);
                if (current is not null && CannotHaveChanged(item.Table, current, told))
                {
                    continue;
                }

                if (!item.Kept)
                {
                    throw GeneralErrors.Bug.Exception($"rows of {item.Table.Display} may have changed and were not kept");
                }

                current ??= await RenamedAsync(item, fresh, cancellationToken).ConfigureAwait(false);
                TableDataChange change = await comparison.CompareAsync(copy, item.Table, item.Name, current, cancellationToken).ConfigureAwait(false);
                if (change.Any)
                {
                    changes.Add(change);
                }
            }

            return changes;
        }

        private async Task<RowTraces> ToldAsync(RowTraces traces, CancellationToken cancellationToken) =>
            await comparison.TracesTellAsync(copy, cancellationToken).ConfigureAwait(false) ? traces : RowTraces.Unknown;

        private async Task KeepBesideAsync(ConcurrentQueue<KeptTable> queue, CancellationTokenSource stop)
        {
            IDatabaseSession session = await another(stop.Token).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                await KeepAllAsync(session, queue, stop).ConfigureAwait(false);
            }
        }

        private async Task KeepAllAsync(IDatabaseSession session, ConcurrentQueue<KeptTable> queue, CancellationTokenSource stop)
        {
            try
            {
                while (queue.TryDequeue(out KeptTable? next))
                {
                    string columns = string.Join(", ", next.Table.Columns.Select(column => column.Name));
                    string rows = $"select {(columns.Length == 0 ? "1 as safedb_row" : columns)} from {comparison.Only}{next.Table.Name}";
                    await session.ExecuteAsync($"{comparison.CreateKept} {next.Name} as {rows}", stop.Token).ConfigureAwait(false);
                    next.Kept = true;
                }
            }
            catch
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }

        private static ComparedTable? Match(ComparedTable table, IReadOnlyList<ComparedTable> now) =>
            now.FirstOrDefault(other => table.Identity.Length > 0 && other.Identity == table.Identity) ?? now.FirstOrDefault(other => other.Name == table.Name);

        private static bool CannotHaveChanged(ComparedTable old, ComparedTable now, RowTraces traces) =>
            (traces.Locked is { } locked && !locked.Contains(old.Display) && !locked.Contains(now.Display))
            || (traces.Written is { } written && old.Identity.Length > 0 && !written.Contains(old.Identity) && IsStoredAlike(old, now));

        /// <summary>Whether rows that nobody wrote still read the same: they lie where they lay, and their columns have the types that they had.</summary>
        private static bool IsStoredAlike(ComparedTable old, ComparedTable now) =>
            old.Identity == now.Identity && old.Storage is not null && old.Storage == now.Storage
            && old.Columns.All(column => now.Columns.Any(other => other.Identity == column.Identity && other.Type == column.Type));

        /// <summary>A new table with the same columns and as many rows stands for one that is gone.</summary>
        private async Task<ComparedTable?> RenamedAsync(KeptTable old, List<ComparedTable> fresh, CancellationToken cancellationToken)
        {
            foreach (ComparedTable candidate in fresh.Where(table => old.Table.Columns.All(column => table.Columns.Any(other => other.Name == column.Name))))
            {
                if (await CountAsync(copy, candidate.Name, cancellationToken).ConfigureAwait(false) == await CountAsync(copy, old.Name, cancellationToken).ConfigureAwait(false))
                {
                    return candidate;
                }
            }

            return null;
        }
    }
}
