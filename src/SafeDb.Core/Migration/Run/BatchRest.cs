using System.Diagnostics;
using System.Globalization;

using SafeDb.Configuration;
using SafeDb.Evidence;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// The rest between two batches: the pause, and then for as long as replicas are too far behind or the server is too busy. Not for ever: who waits longer than the policy's patience fails, and says for what.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="scope">What the run shares.</param>
/// <param name="job">The script.</param>
/// <param name="statement">The statement, with its directive.</param>
internal sealed class BatchRest(MigrationContext context, RunScope scope, ScriptJob job, ScriptStatement statement)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private readonly BatchDirective _batch = statement.Batch!;

    public async Task RestAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        if (_batch.Pause > TimeSpan.Zero)
        {
            await Task.Delay(_batch.Pause, context.Clock, cancellationToken).ConfigureAwait(false);
        }

        long begin = Stopwatch.GetTimestamp();
        bool told = false;
        while (await ObstacleAsync(session, cancellationToken).ConfigureAwait(false) is { } obstacle)
        {
            if (Stopwatch.GetElapsedTime(begin) >= scope.BatchPatience)
            {
                throw MigrationErrors.BatchTooBusy.Exception(job.File, statement.Line, Duration.Format(scope.BatchPatience), obstacle);
            }

            if (!told)
            {
                scope.Events.Write(new RunEvent(context.Clock.GetUtcNow(), scope.RunId, "batch", $"The next batch waits: {obstacle}.") { Migration = job.Migration.Id, Line = statement.Line });
                told = true;
            }

            await Task.Delay(Poll, context.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What keeps the next batch from beginning, or null.</summary>
    private async Task<string?> ObstacleAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IMigrationMeasurement measurement = context.Engine.Measurement;
        if (_batch.MaxLag is { } limit && await measurement.ReplicationLagAsync(session, cancellationToken).ConfigureAwait(false) is { } lag && lag > limit)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the slowest replica is {lag.TotalSeconds:0.0} s behind, the limit is {Duration.Format(limit)}");
        }

        if ((_batch.MaxActive ?? _batch.MaxWaiting) is null || await measurement.LoadAsync(session, cancellationToken).ConfigureAwait(false) is not { } load)
        {
            return null;
        }

        return load.Active > _batch.MaxActive ? $"{load.Active} other sessions are active, the limit is {_batch.MaxActive}"
            : load.Waiting > _batch.MaxWaiting ? $"{load.Waiting} other sessions wait for locks, the limit is {_batch.MaxWaiting}"
            : null;
    }
}
