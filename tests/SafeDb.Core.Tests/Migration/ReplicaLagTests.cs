using SafeDb.Migration;
using SafeDb.Migration.Run;

using Xunit;

namespace SafeDb.Core.Tests.Migration;

/// <summary>How far behind a replica is, also where the server's own measure is silent, old or begins anew.</summary>
public sealed class ReplicaLagTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_replica_at_the_end_of_the_log_is_not_behind_whatever_was_measured_last()
    {
        var lag = new ReplicaLag(_clock);

        Assert.Null(At(lag, 0, position: 100, replayed: 100, reported: null));
        Assert.Null(At(lag, 3600, position: 100, replayed: 100, reported: null));
        Assert.Null(At(lag, 3601, position: 200, replayed: 200, reported: null));
    }

    [Fact]
    public void What_the_server_measured_counts_from_the_first_look() =>
        Assert.Equal("the slowest replica is 11.0 s behind, the limit is 10s", At(new ReplicaLag(_clock), 0, position: 100, replayed: 50, reported: 11));

    /// <summary>No word comes from a paused replica, and a new connection measures from zero.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(0.05)]
    public void A_replica_that_stands_still_falls_behind_even_when_the_server_says_nothing_or_always_the_same(double? reported)
    {
        var lag = new ReplicaLag(_clock);

        Assert.Null(At(lag, 0, position: 100, replayed: 100, reported));
        Assert.Null(At(lag, 1, position: 200, replayed: 100, reported));
        Assert.Null(At(lag, 11, position: 900, replayed: 100, reported));
        Assert.Equal("the slowest replica is 11.0 s behind, the limit is 10s", At(lag, 12, position: 900, replayed: 100, reported));
        Assert.NotNull(At(lag, 13, position: 900, replayed: 199, reported));
        Assert.Null(At(lag, 14, position: 900, replayed: 200, reported));
    }

    [Fact]
    public void A_replica_that_follows_at_a_distance_is_as_late_as_that_distance_takes()
    {
        var lag = new ReplicaLag(_clock);
        for (int second = 0; second < 100; second++)
        {
            Assert.Null(At(lag, second, position: second * 10, replayed: (second - 9) * 10, reported: null));
        }

        Assert.Equal("the slowest replica is 11.0 s behind, the limit is 10s", At(lag, 102, position: 1020, replayed: 900, reported: null));
    }

    [Fact]
    public void A_replica_that_was_there_and_is_gone_counts_from_when_it_was_seen_last()
    {
        var lag = new ReplicaLag(_clock);

        Assert.Null(At(lag, 0, position: 100, replayed: 100, reported: null, replicas: 2));
        Assert.Null(At(lag, 10, position: 100, replayed: 100, reported: null, replicas: 1));
        Assert.Equal("1 of 2 replicas have been gone for 11.0 s, the limit is 10s", At(lag, 11, position: 100, replayed: 100, reported: null, replicas: 1));
        Assert.Equal("2 of 2 replicas have been gone for 12.0 s, the limit is 10s", At(lag, 12, position: 100, replayed: null, reported: null, replicas: 0));
        Assert.Null(At(lag, 13, position: 100, replayed: 100, reported: null, replicas: 2));
    }

    [Fact]
    public void Without_any_replica_there_is_nothing_to_wait_for()
    {
        var lag = new ReplicaLag(_clock);

        Assert.Null(At(lag, 0, position: 100, replayed: null, reported: null, replicas: 0));
        Assert.Null(At(lag, 3600, position: 900, replayed: null, reported: null, replicas: 0));
    }

    private string? At(ReplicaLag lag, double second, long position, long? replayed, double? reported, int replicas = 1)
    {
        _clock.Now = TimeSpan.FromSeconds(second);
        return lag.Obstacle(new ReplicationState(position, replicas, 0, replayed, reported is { } value ? TimeSpan.FromSeconds(value) : null), Limit);
    }

    private sealed class ManualClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
