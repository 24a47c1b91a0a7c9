using System.Reflection;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Evidence;
using SafeDb.Migration;
using SafeDb.Migration.Authoring.Differences;
using SafeDb.Migration.History;
using SafeDb.Migration.Run;
using SafeDb.Migration.Script;
using SafeDb.Sqlite.Migration;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>When a batch may begin, decided from measurements that a real server rarely gives, in no time: whoever waits turns the clock.</summary>
public sealed class BatchRestTests
{
    private readonly Turning _clock = new();
    private readonly Said _said = new();
    private int _asked;

    [Theory]
    [InlineData(20, 0)]
    [InlineData(21, 1)]
    public async Task As_many_active_sessions_as_the_limit_says_are_none_too_many(int active, int waits)
    {
        var loads = new Queue<ServerLoad>([new ServerLoad(active, 0), new ServerLoad(20, 0)]);

        await Rest("max-active=20", load: loads.Dequeue).WaitAsync(null!, TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromMilliseconds(500 * waits), _clock.Gone);
        Assert.Equal(waits == 0 ? [] : ["The next batch waits: 21 other sessions are active, the limit is 20."], _said.Messages);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_patience()
    {
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(() => Rest("max-active=0", load: () => new ServerLoad(3, 0)).WaitAsync(null!, TestContext.Current.CancellationToken));

        Assert.Equal("Migration.BatchTooBusy", failure.Id);
        Assert.Contains("after waiting for 1m the next batch could still not begin: 3 other sessions are active, the limit is 0", failure.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(1), _clock.Gone);
        Assert.Single(_said.Messages);
    }

    [Fact]
    public async Task A_replica_is_asked_again_before_it_is_believed_to_be_behind()
    {
        BatchRest rest = Rest("max-lag=2s", replication: () => new ReplicationState(200, 1, 0, _asked > 0 ? 200 : 100, null));
        await rest.WaitAsync(null!, TestContext.Current.CancellationToken);
        _clock.Gone = TimeSpan.FromSeconds(5);

        await rest.WaitAsync(null!, TestContext.Current.CancellationToken);

        Assert.Equal(1, _asked);
        Assert.Empty(_said.Messages);
        Assert.Equal(TimeSpan.FromSeconds(5.5), _clock.Gone);
    }

    [Fact]
    public async Task A_replica_that_stands_still_without_a_measured_delay_is_waited_for_and_not_for_ever()
    {
        BatchRest rest = Rest("max-lag=2s", replication: () => new ReplicationState(200, 1, 0, 100, null));
        await rest.WaitAsync(null!, TestContext.Current.CancellationToken);
        _clock.Gone = TimeSpan.FromSeconds(5);

        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(() => rest.WaitAsync(null!, TestContext.Current.CancellationToken));

        Assert.Equal("Migration.BatchTooBusy", failure.Id);
        Assert.Contains("the slowest replica is", failure.Message, StringComparison.Ordinal);
        Assert.InRange(_clock.Gone, TimeSpan.FromSeconds(65), TimeSpan.FromSeconds(67));
    }

    [Fact]
    public async Task A_replica_that_may_not_be_looked_at_is_no_replica_without_delay()
    {
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(
            () => Rest("max-lag=10s", replication: () => new ReplicationState(200, 0, 2, null, null)).WaitAsync(null!, TestContext.Current.CancellationToken));

        Assert.Equal("Migration.LagHidden", failure.Id);
        Assert.Equal(TimeSpan.Zero, _clock.Gone);
    }

    [Fact]
    public async Task What_the_directive_does_not_limit_is_not_looked_at() =>
        await Rest("pause=1s").WaitAsync(null!, TestContext.Current.CancellationToken);

    private BatchRest Rest(string options, Func<ServerLoad>? load = null, Func<ReplicationState>? replication = null)
    {
        var measurement = DispatchProxy.Create<IMigrationMeasurement, Measured>();
        ((Measured)(object)measurement).Answer = name => name switch
        {
            nameof(IMigrationMeasurement.LoadAsync) when load is not null => Task.FromResult<ServerLoad?>(load()),
            nameof(IMigrationMeasurement.ReplicationAsync) when replication is not null => Task.FromResult<ReplicationState?>(replication()),
            nameof(IMigrationMeasurement.AskReplicasAsync) => Task.FromResult(++_asked),
            _ => throw new InvalidOperationException($"{name} is of no concern here."),
        };
        const string Sql = "update t set a = 1";
        var statement = new ScriptStatement(1, Sql, 2, StatementRole.Transactional) { Batch = BatchDirective.Read($"-- safedb:batch key=id {options}", Sql, "file.sql", 1) };
        var migration = new MigrationScript { Id = "001", Name = "fill", Path = "001_fill.up.sql", UpSql = Sql, Checksum = "" };
        var job = new ScriptJob(migration, new ExecutableScript([], ForeignKeysOff: false), Down: false, (_, _) => Task.CompletedTask);
        var database = new DatabaseAddress(DatabaseEngine.Sqlite, "", "", "");
        var scope = new RunScope("run", database, new ExecutionLimits(TimeSpan.Zero, TimeSpan.Zero), 0, _said) { BatchPatience = TimeSpan.FromMinutes(1) };
        return new BatchRest(new MigrationContext(null!, new SemicolonDialect(DatabaseEngine.Sqlite), new Engine(measurement), _clock), scope, job, statement);
    }

    private sealed class Engine(IMigrationMeasurement measurement) : IMigrationEngine
    {
        private readonly SqliteMigrationEngine _inner = new();

        DatabaseEngine IMigrationEngine.Engine => _inner.Engine;

        public HistoryEngine History => _inner.History;

        public IScriptExecution Execution => _inner.Execution;

        public IMigrationMeasurement Measurement => measurement;

        public IEmptyDatabases EmptyDatabases => _inner.EmptyDatabases;

        public IDifferenceSql Differences => _inner.Differences;

        public string ToUrl(DatabaseAddress address) => _inner.ToUrl(address);
    }

    public class Measured : DispatchProxy
    {
        public Func<string, object> Answer { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer(targetMethod!.Name);
    }

    private sealed class Said : IRunEvents
    {
        public List<string> Messages { get; } = [];

        public void Write(RunEvent line) => Messages.Add(line.Message);
    }

    /// <summary>A clock that goes on by as much as somebody wants to wait, at once.</summary>
    private sealed class Turning : TimeProvider
    {
        public TimeSpan Gone { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Gone.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Gone += dueTime;
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
