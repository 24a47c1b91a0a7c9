using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

public sealed class NodePgMigrateInteropTests(PostgresCluster cluster) : InteropSpec
{
    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnPostgreSqlAsync(cluster);

    protected override Peer CreatePeer(PeerDatabase database, string folder) => new NodePgMigratePeer(database, folder);

    [Fact]
    public async Task Its_order_check_holds_in_any_time_zone()
    {
        await Database.ExecuteAsync($"alter database {Database.Name} set timezone to 'Pacific/Kiritimati'");
        Write(1);
        await Peer.AssertUpAsync();
        Write(2);
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        Write(3);
        await Peer.AssertUpAsync();
        Write(4);
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);

        Assert.Equal("", await Peer.ComplaintsAsync());
    }

    [Fact]
    public async Task A_database_put_under_history_by_its_fake_run_is_known_to_SafeDb()
    {
        WriteAll(1);
        await Database.ExecuteAsync(Up(1));
        PeerAnswer fake = await ((NodePgMigratePeer)Peer).RunAsync("up", "--fake");
        Assert.True(fake.Succeeded, fake.Output);
        Write(2);

        Assert.Equal([MigrationState.Applied, MigrationState.Pending], (await StatusAsync()).Select(item => item.State));
    }

    [Fact]
    public async Task Its_down_file_trap_is_refused_though_the_tool_runs_into_it()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "1700000000001_m1.sql"), Up(1), TestContext.Current.CancellationToken);
        await Peer.AssertUpAsync();
        await File.WriteAllTextAsync(Path.Combine(Folder, "1700000000002_m2.up.sql"), Up(2), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Folder, "1700000000002_m2.down.sql"), "drop table if exists t1;", TestContext.Current.CancellationToken);

        MigrationRun run = await RunAsync();

        Assert.Equal("Migration.DownRunsAsUp", run.Error!.Id);
        Assert.Equal(["t1"], await TablesAsync());
        await Peer.AssertUpAsync();
        Assert.DoesNotContain("t1", await TablesAsync());
    }

    [Fact]
    public async Task It_fails_at_once_while_SafeDb_holds_its_lock_and_the_other_way_round()
    {
        WriteAll(1);
        await using IDatabaseSession session = await Database.Context.OpenAsync(Database.Address, TestContext.Current.CancellationToken);
        IAsyncDisposable? held = await Database.Context.History("node-pg-migrate").TryLockAsync(session, TestContext.Current.CancellationToken);
        Assert.NotNull(held);

        PeerAnswer refused = await Peer.UpAsync();
        Assert.False(refused.Succeeded);
        Assert.Contains("Another migration is already running", refused.Output, StringComparison.Ordinal);
        MigrationRun second = await RunAsync();
        Assert.Equal("Migration.Locked", second.Error!.Id);

        await held.DisposeAsync();
        await Peer.AssertUpAsync();
    }

    [Fact]
    public async Task A_concurrent_index_that_it_cannot_build_is_built_by_SafeDb_for_it()
    {
        Write(1);
        Peer.Write(2, "create index concurrently t1_v on t1 (v);", "drop index concurrently t1_v;");
        Assert.False((await Peer.UpAsync()).Succeeded);

        MigrationRun run = await RunAsync();

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal("", await Peer.ComplaintsAsync());
    }
}
