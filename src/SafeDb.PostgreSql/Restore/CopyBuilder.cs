using System.Threading.Channels;

using Npgsql;

using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Restore;

/// <summary>Runs the steps of a <see cref="BuildPlan"/>. The first failure stops everything.</summary>
internal sealed class CopyBuilder(ServerConnections copy, int jobs, int maintenanceMegabytes, IOperationObserver observer)
{
    private const string Activity = "Build objects";
    private readonly List<string> _leftOut = [];
    private int _done;
    private long _waiting;

    /// <summary>Statements whose effect the copy has had from the beginning.</summary>
    public required IReadOnlySet<string> Present { get; init; }

    /// <summary>Labels of the steps without which it went on.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <summary>Steps in all, for progress.</summary>
    public int Total { get; set; }

    /// <summary>Runs steps one after another.</summary>
    public async Task InOrderAsync(IReadOnlyList<BuildStep> steps, CancellationToken cancellationToken)
    {
        if (steps.Count == 0)
        {
            return;
        }

        NpgsqlConnection connection = await OpenAsync(cancellationToken).ConfigureAwait(false);

        await using var connectionScope = connection.ConfigureAwait(false);
        foreach (BuildStep step in steps)
        {
            await RunAsync(connection, step, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs steps beside each other, the heaviest first.</summary>
    public Task AtOnceAsync(IEnumerable<BuildStep> steps, CancellationToken cancellationToken) =>
        AtOnceAsync([.. steps.Select(step => (IReadOnlyList<BuildStep>)[step])], cancellationToken);

    /// <summary>Runs groups of steps beside each other, each group in its order, the heaviest first.</summary>
    public async Task AtOnceAsync(IReadOnlyCollection<IReadOnlyList<BuildStep>> groups, CancellationToken cancellationToken)
    {
        if (groups.Count == 0)
        {
            return;
        }

        var queue = Channel.CreateUnbounded<IReadOnlyList<BuildStep>>();
        _waiting = groups.Sum(Weight);
        foreach (IReadOnlyList<BuildStep> group in groups.OrderByDescending(Weight))
        {
            queue.Writer.TryWrite(group);
        }

        queue.Writer.Complete();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] workers = [.. Enumerable.Range(0, Math.Min(jobs, groups.Count)).Select(_ => DrainAsync(queue.Reader, stop))];
        await Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();

        // The first real failure, not the cancellations that it caused.
        Exception? failure = workers.Select(worker => worker.Exception?.InnerException).FirstOrDefault(exception => exception is not null and not OperationCanceledException);
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private async Task DrainAsync(ChannelReader<IReadOnlyList<BuildStep>> queue, CancellationTokenSource stop)
    {
        try
        {
            NpgsqlConnection connection = await OpenAsync(stop.Token).ConfigureAwait(false);
            await using var connectionScope = connection.ConfigureAwait(false);
            bool? serial = null;
            while (queue.TryRead(out IReadOnlyList<BuildStep>? group))
            {
                // The server's own helpers cost more processor time than they do work: they are for an index that the other workers would have to wait for.
                bool othersBusy = jobs > 1 && Interlocked.Add(ref _waiting, -Weight(group)) >= Weight(group) * (jobs - 1);
                if (serial != othersBusy)
                {
                    await connection.ExecuteAsync(othersBusy ? "SET max_parallel_maintenance_workers = 0" : "RESET max_parallel_maintenance_workers", stop.Token).ConfigureAwait(false);
                    serial = othersBusy;
                }

                foreach (BuildStep step in group)
                {
                    await RunAsync(connection, step, stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static long Weight(IReadOnlyList<BuildStep> group) => group.Sum(step => step.Weight);

    private async Task RunAsync(NpgsqlConnection connection, BuildStep step, CancellationToken cancellationToken)
    {
        try
        {
            if (!Present.Contains(step.Sql))
            {
                await connection.ExecuteDefinitionAsync(step.Sql, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SafeDbException failed) when (failed.Error.EngineCode is { } code && code == step.GoesWithoutOn)
        {
            _leftOut.Add(step.Label);
        }
        catch (SafeDbException failed) when (failed.Error is { EngineCode: not null, Kind: not (ErrorKind.Connection or ErrorKind.Storage or ErrorKind.Timeout) })
        {
            throw new SafeDbException(PostgreSqlRestoreErrors.ObjectFailed.Error(step.Label, failed.Message) with { EngineCode = failed.Error.EngineCode, Target = step.Label }, failed);
        }

        observer.OnProgress(new ProgressReport(Activity, step.Label, Interlocked.Increment(ref _done), Total, "steps"));
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await copy.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync(await SessionSettings.LoadingAsync(connection, maintenanceMegabytes, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
