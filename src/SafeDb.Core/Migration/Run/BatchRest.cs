using System.Globalization;

using SafeDb.Configuration;
using SafeDb.Evidence;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// What comes before a batch: a wait for as long as replicas are too far behind or the server is too busy. Not for ever: who waits longer than the policy's patience fails, and says for what.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="scope">What the run shares.</param>
/// <param name="job">The script.</param>
/// <param name="statement">The statement, with its directive.</param>
internal sealed class BatchRest(MigrationContext context, RunScope scope, ScriptJob job, ScriptStatement statement)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private readonly BatchDirective _batch = statement.Batch!;
    private readonly ReplicaLag _replicas = new(context.Clock);

    /// <summary>The pause between two batches.</summary>
    public Task PauseAsync(CancellationToken cancellationToken) => _batch.Pause > TimeSpan.Zero ? Task.Delay(_batch.Pause, context.Clock, cancellationToken) : Task.CompletedTask;

    /// <summary>Waits until the next batch may begin.</summary>
    public async Task WaitAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        long begin = context.Clock.GetTimestamp();
        bool told = false;
        while (await ObstacleAsync(session, cancellationToken).ConfigureAwait(false) is { } obstacle)
        {
            if (context.Clock.GetElapsedTime(begin) >= scope.BatchPatience)
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
        if (_batch.MaxLag is { } limit && await LagAsync(session, limit, cancellationToken).ConfigureAwait(false) is { } lag)
        {
            return lag;
        }

        if ((_batch.MaxActive ?? _batch.MaxWaiting) is null || await context.Engine.Measurement.LoadAsync(session, cancellationToken).ConfigureAwait(false) is not { } load)
        {
            return null;
        }

        return load.Active > _batch.MaxActive ? $"{load.Active} other sessions are active, the limit is {_batch.MaxActive}"
            : load.Waiting > _batch.MaxWaiting ? $"{load.Waiting} other sessions wait for locks, the limit is {_batch.MaxWaiting}"
            : null;
    }

    /// <summary>A replica that seems to be behind is asked once more before it is believed: what was known of it may be seconds old.</summary>
    private async Task<string?> LagAsync(IDatabaseSession session, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await LookAsync(session, limit, cancellationToken).ConfigureAwait(false) is null)
        {
            return null;
        }

        await context.Engine.Measurement.AskReplicasAsync(session, cancellationToken).ConfigureAwait(false);
        await Task.Delay(Poll, context.Clock, cancellationToken).ConfigureAwait(false);
        return await LookAsync(session, limit, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> LookAsync(IDatabaseSession session, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await context.Engine.Measurement.ReplicationAsync(session, cancellationToken).ConfigureAwait(false) is not { } state)
        {
            return null;
        }

        return state.Hidden > 0 ? throw MigrationErrors.LagHidden.Exception(job.File, statement.Line, state.Hidden) : _replicas.Obstacle(state, limit);
    }
}
