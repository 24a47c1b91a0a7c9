using System.Globalization;

using SafeDb.Configuration;

namespace SafeDb.Migration.Run;

/// <summary>
/// Judges how long the slowest replica is behind. The server's own measure is not enough: it stays as it was while a replica says nothing, begins at zero with every new connection,
/// and goes away with the replica. So the position of the log is noted with the time whenever it is looked at, and a replica is behind for as long as the oldest position that it has not replayed is old.
/// </summary>
/// <param name="clock">The time.</param>
internal sealed class ReplicaLag(TimeProvider clock)
{
    /// <summary>Positions are noted no closer than this, so that a long wait for a replica needs no memory to speak of.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(50);
    private readonly Queue<(long Position, long At)> _trail = new();
    private (long Position, long At) _last;
    private int _most;
    private long _complete;

    /// <summary>Why the limit is exceeded, or null.</summary>
    public string? Obstacle(ReplicationState state, TimeSpan limit)
    {
        long now = clock.GetTimestamp();
        if (Behind(state, now) is var behind && behind > limit)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the slowest replica is {behind.TotalSeconds:0.0} s behind, the limit is {Duration.Format(limit)}");
        }

        if (state.Replicas >= _most)
        {
            (_most, _complete) = (state.Replicas, now);
        }

        return clock.GetElapsedTime(_complete, now) is var missing && missing > limit
            ? string.Create(CultureInfo.InvariantCulture, $"{_most - state.Replicas} of {_most} replicas have been gone for {missing.TotalSeconds:0.0} s, the limit is {Duration.Format(limit)}")
            : null;
    }

    private TimeSpan Behind(ReplicationState state, long now)
    {
        if (state.Replayed is not { } replayed)
        {
            return TimeSpan.Zero;
        }

        while (_trail.TryPeek(out (long Position, long At) oldest) && oldest.Position <= replayed)
        {
            _trail.Dequeue();
        }

        if (state.Position > replayed && (_trail.Count == 0 || (state.Position > _last.Position && clock.GetElapsedTime(_last.At, now) >= Grain)))
        {
            _last = (state.Position, now);
            _trail.Enqueue(_last);
        }

        TimeSpan noted = _trail.TryPeek(out (long Position, long At) first) ? clock.GetElapsedTime(first.At, now) : TimeSpan.Zero;
        return state.Reported is { } reported && reported > noted ? reported : noted;
    }
}
