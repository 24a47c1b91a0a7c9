using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

public sealed class DbmateInteropTests(PostgresCluster cluster) : InteropSpec
{
    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnPostgreSqlAsync(cluster);

    protected override Peer CreatePeer(PeerDatabase database, string folder) => new DbmatePeer(database, folder);

    [Fact]
    public async Task A_concurrent_index_between_other_statements_which_it_refuses_is_built_by_SafeDb_for_it()
    {
        Write(1);
        await Peer.AssertUpAsync();
        Peer.Write(2, "alter table t1 add column w integer;\ncreate index concurrently t1_v on t1 (v);", "drop index concurrently t1_v;\nalter table t1 drop column w;");
        Assert.False((await Peer.UpAsync()).Succeeded);

        MigrationRun run = await RunAsync();

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal("", await Peer.ComplaintsAsync());
    }
}

public sealed class DbmateSqliteInteropTests : InteropSpec
{
    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnSqliteAsync();

    protected override Peer CreatePeer(PeerDatabase database, string folder) => new DbmatePeer(database, folder);
}
