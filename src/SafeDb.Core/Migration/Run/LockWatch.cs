using SafeDb.Errors;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>While a statement waits, asks through a second session who keeps it waiting: after the timeout nobody could tell any more.</summary>
internal sealed class LockWatch(MigrationContext context, RunScope scope) : IAsyncDisposable
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan NextLook = TimeSpan.FromMilliseconds(500);
    private IDatabaseSession? _observer;

    /// <summary>Who was seen in the way of the last statement.</summary>
    public IReadOnlyList<LockBlocker> Blockers { get; private set; } = [];

    public async Task<T> RunAsync<T>(IDatabaseSession session, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        Blockers = [];
        string sessionId = await context.Engine.Measurement.SessionIdAsync(session, cancellationToken).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task watching = WatchAsync(sessionId, stop.Token);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => _observer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task WatchAsync(string sessionId, CancellationToken cancellationToken)
    {
        try
        {
            for (TimeSpan wait = FirstLook; sessionId.Length > 0; wait = NextLook)
            {
                await Task.Delay(wait, context.Clock, cancellationToken).ConfigureAwait(false);
                _observer ??= await context.OpenAsync(scope.Database, cancellationToken).ConfigureAwait(false);
                IReadOnlyList<LockBlocker> seen = await context.Engine.Measurement.BlockersAsync(_observer, sessionId, cancellationToken).ConfigureAwait(false);
                Blockers = seen.Count > 0 ? seen : Blockers;
            }
        }
        catch (OperationCanceledException)
        {
            // The statement has ended.
        }
        catch (SafeDbException)
        {
            // Not to know who is in the way must not fail the migration: the error then says that nobody was seen.
            await DisposeObserverAsync().ConfigureAwait(false);
        }
    }

    private async Task DisposeObserverAsync()
    {
        if (_observer is not null)
        {
            await _observer.DisposeAsync().ConfigureAwait(false);
            _observer = null;
        }
    }
}
