using System.Globalization;

using Npgsql;

using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.FaultHost;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>Backfills beside busy sessions and a real standby. On a server of their own, because what counts is what all of its sessions do.</summary>
public sealed class PostgreSqlBatchTests(PostgreSqlBatchTests.OwnServer server) : IClassFixture<PostgreSqlBatchTests.OwnServer>, IAsyncLifetime
{
    private const string OnlyLong = "A standby takes seconds to come and go: one of them in the default run, all in the long tests.";
    private const string Waits = "The next batch waits: ";
    private readonly PostgresCluster _cluster = server.Cluster;
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-batch-").FullName;
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await _cluster.CreateDatabaseAsync();
        await _database.ExecuteAsync("create table orders (id integer primary key, filled integer not null default 0); insert into orders select generate_series(1, 50)");
        Down("update orders set filled = 0;");
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Batches_wait_while_too_many_sessions_are_active_and_go_on_after()
    {
        Up("size=20 max-active=1");
        await using Sleeper one = await Sleeper.StartAsync(_cluster);
        Sleeper other = await Sleeper.StartAsync(_cluster);
        var waits = new Announcement("batch ");
        Task<MigrationRun> running = RunAsync(observer: waits);
        await waits.UntilSaidAsync(running, TestContext.Current.CancellationToken);
        Assert.Equal(0, await UntilItStandsStillAsync(running));

        // One session stays active, as many as the limit allows.
        await other.DisposeAsync();
        MigrationRun run = await running;

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Contains(run.Events, line => line.Step == "batch" && line.Message.StartsWith(Waits, StringComparison.Ordinal) && line.Message.EndsWith("other sessions are active, the limit is 1.", StringComparison.Ordinal));
        Assert.Equal(50, await FilledAsync());
    }

    [Fact]
    public async Task A_backfill_that_gave_up_goes_on_behind_its_last_batch()
    {
        Up("size=10 pause=500ms max-active=1");
        Down("select 1 / 0;");
        Sleeper one = await Sleeper.StartAsync(_cluster);
        Task<MigrationRun> running = RunAsync(patience: TimeSpan.FromSeconds(1));
        await UntilItHasBegunAsync(running);

        Sleeper other = await Sleeper.StartAsync(_cluster);
        MigrationRun gaveUp = await running;
        Assert.Equal((MigrationOutcome.NeedsPerson, "Migration.BatchTooBusy"), (gaveUp.Outcome, gaveUp.Error!.Target));
        int done = await FilledAsync();
        Assert.InRange(done, 10, 40);

        PlanningResult status = await StatusAsync();
        Assert.Equal(done.ToString(CultureInfo.InvariantCulture), status.Interrupted!.Partial!.LastBatchKey);
        Assert.Equal("Migration.Interrupted", (await RunAsync()).Error!.Id);
        MigrationRun again = await ResumeAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((MigrationOutcome.NeedsPerson, "Migration.BatchTooBusy"), (again.Outcome, again.Error!.Target));
        Assert.Equal(done, await FilledAsync());

        await one.DisposeAsync();
        await other.DisposeAsync();
        MigrationRun resumed = await ResumeAsync(TimeSpan.FromMinutes(1));

        Assert.True(resumed.Outcome == MigrationOutcome.Applied, resumed.Error?.Message);
        Assert.Null((await StatusAsync()).Interrupted);
        Assert.Equal(50L, await _database.ScalarAsync<long>("select count(*) from orders where filled = 1"));
    }

    [Fact]
    public async Task Batches_wait_for_a_standby_that_stopped_replaying_and_go_on_when_it_has_caught_up()
    {
        Up("size=2 pause=150ms max-lag=1s");
        await using StandbyServer standby = await StandbyServer.StartAsync(_cluster);
        await standby.PauseAsync();

        var waits = new Announcement("batch ");
        Task<MigrationRun> running = RunAsync(observer: waits);
        await waits.UntilSaidAsync(running, TestContext.Current.CancellationToken);
        Assert.InRange(await UntilItStandsStillAsync(running), 0, 48);
        Assert.Equal(0L, await standby.ScalarAsync(_database.Name, "select count(*) from orders where filled > 0"));
        await standby.GoOnAsync();
        MigrationRun run = await running;

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Contains(run.Events, line => line.Step == "batch" && line.Message.StartsWith(Waits + "the slowest replica is ", StringComparison.Ordinal) && line.Message.EndsWith(" s behind, the limit is 1s.", StringComparison.Ordinal));
        Assert.Equal(50, await FilledAsync());
    }

    /// <summary>When the connection of a replica ends, the server's view of its delay ends too.</summary>
    [Fact]
    public async Task Batches_wait_for_a_standby_that_is_gone_and_go_on_when_it_is_back()
    {
        Assert.SkipUnless(LongTests.Enabled, OnlyLong);
        Up("size=2 pause=150ms max-lag=1s");
        await using StandbyServer standby = await StandbyServer.StartAsync(_cluster);

        var waits = new Announcement("batch ");
        Task<MigrationRun> running = RunAsync(observer: waits);
        await UntilItHasBegunAsync(running);

        await standby.StopAsync();
        await waits.UntilSaidAsync(running, TestContext.Current.CancellationToken);
        Assert.InRange(await UntilItStandsStillAsync(running), 2, 48);
        await standby.StartAsync();
        MigrationRun run = await running;

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Contains(run.Events, line => line.Step == "batch" && line.Message.StartsWith(Waits + "1 of 1 replicas have been gone for ", StringComparison.Ordinal));
        Assert.Equal(50, await FilledAsync());
    }

    /// <summary>A standby with nothing to do tells its position every ten seconds only, and the delay that was measured last is that of long ago.</summary>
    [Fact]
    public async Task A_standby_that_follows_is_not_waited_for_even_when_the_pause_is_longer_than_the_limit()
    {
        Assert.SkipUnless(LongTests.Enabled, OnlyLong);
        Up("size=20 pause=1200ms max-lag=1s");
        await using StandbyServer standby = await StandbyServer.StartAsync(_cluster);

        MigrationRun run = await RunAsync();

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.DoesNotContain(run.Events, line => line.Step == "batch");
    }

    [Fact]
    public async Task Whoever_may_not_see_how_far_replicas_are_is_told_so_instead_of_going_on_blindly()
    {
        Assert.SkipUnless(LongTests.Enabled, OnlyLong);
        Up("size=20 max-lag=1s");
        await _cluster.ExecuteOnServerAsync("create role deployer login");
        await _database.ExecuteAsync("alter table orders owner to deployer; grant create on schema public to deployer");
        string address = _database.Address.Replace("postgres@", "deployer@", StringComparison.Ordinal);
        Assert.NotEqual(_database.Address, address);
        await using StandbyServer standby = await StandbyServer.StartAsync(_cluster);

        MigrationRun blind = await RunAsync(address: address);
        Assert.Equal((MigrationOutcome.RolledBack, "Migration.LagHidden"), (blind.Outcome, blind.Error!.Target));
        Assert.Equal(0, await FilledAsync());
        Assert.Null((await StatusAsync()).Interrupted);

        await _cluster.ExecuteOnServerAsync("grant pg_read_all_stats to deployer");
        MigrationRun seeing = await RunAsync(address: address);
        Assert.True(seeing.Outcome == MigrationOutcome.Applied, seeing.Error?.Message);
    }

    private void Up(string options) => File.WriteAllText(Path.Combine(_folder, "001_f.up.sql"), $"-- safedb:batch key=id {options}\nupdate orders set filled = filled + 1;");

    private void Down(string sql) => File.WriteAllText(Path.Combine(_folder, "001_f.down.sql"), sql);

    private Task<MigrationRun> RunAsync(TimeSpan? patience = null, string? address = null, Announcement? observer = null) => WithAsync(
        address, patience, (service, command) => service.RunAsync(observer is null ? command : command with { Observer = observer }, null, (_, _, _) => Task.FromResult(true), TestContext.Current.CancellationToken));

    private Task<MigrationRun> ResumeAsync(TimeSpan patience) =>
        WithAsync(null, patience, (service, command) => service.ResumeAsync(command, (_, _, _) => Task.FromResult(true), TestContext.Current.CancellationToken));

    private Task<PlanningResult> StatusAsync() => WithAsync(null, null, (service, command) => service.PlanAsync(command, TestContext.Current.CancellationToken));

    private async Task<T> WithAsync<T>(string? address, TimeSpan? patience, Func<MigrationService, MigrationCommand, Task<T>> call)
    {
        (MigrationContext context, DatabaseAddress parsed) = FaultRun.Open(address ?? _database.Address);
        MigrationCommand command = FaultRun.Command(parsed, _folder);
        using var http = new HttpClient();
        return await call(new MigrationService(context, null, http), command with { Policy = command.Policy with { BatchPatience = patience ?? TimeSpan.FromMinutes(1) } });
    }

    private async Task UntilItHasBegunAsync(Task<MigrationRun> running)
    {
        while (await FilledAsync() == 0)
        {
            Assert.False(running.IsCompleted, running.IsCompleted ? $"it ended before it began: {(await running).Error?.Message}" : null);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private async Task<int> UntilItStandsStillAsync(Task<MigrationRun> running)
    {
        int last = -1;
        for (int same = 0; same < 15;)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            int now = await FilledAsync();
            same = now == last ? same + 1 : 0;
            last = now;
            Assert.False(running.IsCompleted, running.IsCompleted ? $"the run came to its end, with {now} rows: {(await running).Error?.Message}" : null);
        }

        return last;
    }

    private async Task<int> FilledAsync() => (int)await _database.ScalarAsync<long>("select count(*) from orders where filled > 0");

    /// <summary>A session that is active until it is disposed.</summary>
    private sealed class Sleeper : IAsyncDisposable
    {
        private readonly PostgresCluster _cluster;
        private readonly NpgsqlConnection _connection;
        private Task _sleep = Task.CompletedTask;

        private Sleeper(PostgresCluster cluster, NpgsqlConnection connection) => (_cluster, _connection) = (cluster, connection);

        public static async Task<Sleeper> StartAsync(PostgresCluster cluster)
        {
            var connection = new NpgsqlConnection(cluster.ConnectionString("postgres"));
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            var sleeper = new Sleeper(cluster, connection);
            sleeper._sleep = sleeper.SleepAsync();
            await using NpgsqlConnection observer = new(cluster.ConnectionString("postgres"));
            await observer.OpenAsync(TestContext.Current.CancellationToken);
            await using var look = new NpgsqlCommand($"select state from pg_stat_activity where pid = {connection.ProcessID}", observer);
            while (await look.ExecuteScalarAsync(TestContext.Current.CancellationToken) is not "active")
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }

            return sleeper;
        }

        public async ValueTask DisposeAsync()
        {
            await _cluster.ExecuteOnServerAsync($"select pg_terminate_backend({_connection.ProcessID}, 5000)");
            await _sleep;
            await _connection.DisposeAsync();
        }

        private async Task SleepAsync()
        {
            await using var command = new NpgsqlCommand("select pg_sleep(600)", _connection) { CommandTimeout = 0 };
            PostgresException ended = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(CancellationToken.None));
            Assert.Equal(PostgresErrorCodes.AdminShutdown, ended.SqlState);
        }
    }

    /// <summary>The server of these tests.</summary>
    public sealed class OwnServer : IAsyncDisposable
    {
        public PostgresCluster Cluster { get; } = new();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }
}
