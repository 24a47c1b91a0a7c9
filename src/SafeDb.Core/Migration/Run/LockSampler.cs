using System.Diagnostics;

using SafeDb.Errors;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// Sees through a second session which locks the rehearsing session holds, again and again, and keeps from when to when. Times are upper bounds: a lock counts from the last look at which it
/// was not there to the first at which it was gone.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="scope">The rehearsal.</param>
internal sealed class LockSampler(MigrationContext context, RunScope scope) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private readonly Dictionary<HeldLock, TimeSpan> _open = [];
    private readonly List<LockSpan> _spans = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly object _gate = new();
    private TimeSpan _lastLook;
    private Task _watching = Task.CompletedTask;

    private TimeSpan Now => Stopwatch.GetElapsedTime(scope.Begin);

    /// <summary>Begins to look, where the engine lets one session see another's locks.</summary>
    public async Task StartAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        string id = await context.Engine.Measurement.SessionIdAsync(session, cancellationToken).ConfigureAwait(false);
        if (id.Length > 0)
        {
            _watching = WatchAsync(id);
        }
    }

    /// <summary>A statement is about to begin: what it takes was not there before this moment.</summary>
    public void StatementBegins()
    {
        lock (_gate)
        {
            _lastLook = Now;
        }
    }

    /// <summary>What the session says itself that it holds now.</summary>
    public void Holds(IReadOnlyList<HeldLock> locks) => Note(locks, Now, Now);

    /// <summary>The session has no transaction open.</summary>
    public void Released() => Note([], Now, Now);

    /// <summary>Ends looking; answers what was seen.</summary>
    public async Task<IReadOnlyList<LockSpan>> StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        Released();
        return [.. _spans.OrderBy(span => span.From).ThenBy(span => span.Relation, StringComparer.Ordinal).ThenBy(span => span.Mode, StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task WatchAsync(string sessionId)
    {
        try
        {
            IDatabaseSession observer = await context.OpenAsync(scope.Database, _stop.Token).ConfigureAwait(false);
            await using (observer.ConfigureAwait(false))
            {
                while (true)
                {
                    TimeSpan begin = Now;
                    IReadOnlyList<HeldLock> held = await context.Engine.Measurement.LocksAsync(observer, sessionId, _stop.Token).ConfigureAwait(false);
                    Note(held, begin, Now);
                    await Task.Delay(Interval, context.Clock, _stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The rehearsal has ended.
        }
        catch (SafeDbException failure)
        {
            // The rehearsal itself goes on: what its own session says after each statement is still there.
            scope.Events.Write(new Evidence.RunEvent(context.Clock.GetUtcNow(), scope.RunId, "locks", $"The locks could not be watched: {failure.Message}") { Error = failure.Id });
        }
    }

    private void Note(IReadOnlyList<HeldLock> now, TimeSpan begin, TimeSpan end)
    {
        lock (_gate)
        {
            if (begin < _lastLook)
            {
                // A look that was overtaken by a newer one says nothing new.
                return;
            }

            foreach (HeldLock gone in _open.Keys.Except(now).ToList())
            {
                _spans.Add(new LockSpan(gone.Relation, gone.Mode, _open[gone], end));
                _open.Remove(gone);
            }

            foreach (HeldLock held in now)
            {
                _open.TryAdd(held, _lastLook);
            }

            _lastLook = begin;
        }
    }
}
