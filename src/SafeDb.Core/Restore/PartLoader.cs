using System.Collections.Concurrent;
using System.Diagnostics;

using SafeDb.Archive;
using SafeDb.Observation;
using SafeDb.Providers;

namespace SafeDb.Restore;

/// <summary>Loads an archive's parts into a restore target with a fixed number of workers. The first failure stops the others.</summary>
internal sealed class PartLoader(IArchivedData archive, IRestoreTarget target, int jobs, IOperationObserver observer, string activity)
{
    private readonly ConcurrentDictionary<string, TimeSpan> _times = new(StringComparer.Ordinal);
    private long _done;

    /// <summary>Time spent loading each table, summed over workers.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Times => _times;

    public async Task RunAsync(IReadOnlyList<ManifestPart> parts, CancellationToken cancellationToken)
    {
        long total = parts.Sum(part => part.PlainBytes);
        IReadOnlyList<LoadUnit> units = LoadUnits.Of(parts, jobs);
        var queue = new ConcurrentQueue<LoadUnit>(units);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] workers = [.. Enumerable.Range(0, Math.Min(jobs, Math.Max(1, units.Count))).Select(_ => Task.Run(() => WorkAsync(queue, total, stop), stop.Token))];
        try
        {
            await FirstFailure.WhenAllAsync(workers).ConfigureAwait(false);
        }
        finally
        {
            observer.OnProgress(new ProgressReport(activity, "Rows loaded", total, total, "bytes") { Completed = true });
        }
    }

    private async Task WorkAsync(ConcurrentQueue<LoadUnit> queue, long total, CancellationTokenSource stop)
    {
        try
        {
            while (queue.TryDequeue(out LoadUnit? unit))
            {
                stop.Token.ThrowIfCancellationRequested();
                long begin = Stopwatch.GetTimestamp();
                var plain = new UnitStream(archive, unit.Parts, part => Report(part, total));
                await using (plain.ConfigureAwait(false))
                {
                    await (unit.WholeTable ? target.LoadTableAsync(unit.Parts[0], plain, stop.Token) : target.LoadAsync(unit.Parts[0], plain, stop.Token)).ConfigureAwait(false);
                }

                TimeSpan time = Stopwatch.GetElapsedTime(begin);
                _times.AddOrUpdate(unit.Parts[0].Target, time, (_, sum) => sum + time);
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Report(ManifestPart part, long total) => observer.OnProgress(
        new ProgressReport(activity, part.Target.Length == 0 ? "database file" : part.Target, Interlocked.Add(ref _done, part.PlainBytes), total, "bytes"));
}
