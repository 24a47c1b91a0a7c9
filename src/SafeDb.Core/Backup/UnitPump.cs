using System.Collections.Concurrent;

using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using SafeDb.Providers;

namespace SafeDb.Backup;

/// <summary>What the reading of all units gave.</summary>
/// <param name="Parts">Every part.</param>
/// <param name="Digests">Rows of each table that was read as rows.</param>
internal sealed record UnitTotals(IReadOnlyList<ManifestPart> Parts, IReadOnlyDictionary<string, RowDigest> Digests);

/// <summary>Reads the units of a backup with a fixed number of workers. The first failure stops the others.</summary>
internal sealed class UnitPump(IBackupSource source, ArchiveWriter writer, BackupContents contents, int jobs, IOperationObserver observer, string activity)
{
    private readonly long _total = contents.Units.Sum(unit => unit.EstimatedBytes);
    private long _done;

    public async Task<UnitTotals> RunAsync(CancellationToken cancellationToken)
    {
        var queue = new ConcurrentQueue<DataUnit>(contents.Units);
        var results = new ConcurrentBag<(DataUnit Unit, UnitResult Result)>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] workers = [.. Enumerable.Range(0, Math.Min(jobs, Math.Max(1, contents.Units.Count))).Select(_ => Task.Run(() => WorkAsync(queue, results, stop), stop.Token))];
        try
        {
            await FirstFailure.WhenAllAsync(workers).ConfigureAwait(false);
        }
        finally
        {
            observer.OnProgress(new ProgressReport(activity, "Done", _total, _total, "bytes") { Completed = true });
        }

        return Total(results);
    }

    private async Task WorkAsync(ConcurrentQueue<DataUnit> queue, ConcurrentBag<(DataUnit Unit, UnitResult Result)> results, CancellationTokenSource stop)
    {
        try
        {
            while (queue.TryDequeue(out DataUnit? unit))
            {
                stop.Token.ThrowIfCancellationRequested();
                ArchiveUnitWriter sink = writer.OpenUnit(unit.Kind, unit.Target, unit.Offset);
                await using (sink.ConfigureAwait(false))
                {
                    var counted = new CountingSink(sink, bytes => Report(unit, bytes));
                    await source.ReadAsync(unit, counted, stop.Token).ConfigureAwait(false);
                    results.Add((unit, await sink.CompleteAsync(stop.Token).ConfigureAwait(false)));
                }
            }
        }
        catch
        {
            // One broken unit makes the whole backup worthless: the others need not go on.
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Report(DataUnit unit, long bytes) => observer.OnProgress(
        new ProgressReport(activity, unit.Target.Length == 0 ? "database file" : unit.Target, Math.Min(Interlocked.Add(ref _done, bytes), _total), _total, "bytes"));

    private static UnitTotals Total(ConcurrentBag<(DataUnit Unit, UnitResult Result)> results)
    {
        var digests = new Dictionary<string, RowDigest>(StringComparer.Ordinal);
        foreach ((DataUnit unit, UnitResult result) in results)
        {
            if (result.Digest is null)
            {
                continue;
            }

            if (digests.TryGetValue(unit.Target, out RowDigest? sum))
            {
                sum.Merge(result.Digest);
            }
            else
            {
                digests.Add(unit.Target, result.Digest);
            }
        }

        return new UnitTotals([.. results.SelectMany(item => item.Result.Parts).OrderBy(part => part.Number)], digests);
    }

    private sealed class CountingSink(IPartSink inner, Action<long> count) : IPartSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            count(data.Length);
            return inner.WriteAsync(data, cancellationToken);
        }
    }
}
