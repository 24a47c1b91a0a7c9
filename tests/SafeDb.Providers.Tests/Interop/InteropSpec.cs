using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>SafeDb and another tool on one database and one folder: each must take the other's work for its own.</summary>
public abstract class InteropSpec : SharedDatabaseSpec
{
    protected Peer Peer { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Peer = CreatePeer(Database, Folder);
    }

    protected abstract Peer CreatePeer(PeerDatabase database, string folder);

    [Fact]
    public async Task What_SafeDb_applied_the_peer_takes_for_its_own()
    {
        WriteAll(3);

        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);

        Assert.Equal("", await Peer.ComplaintsAsync());
        await Peer.AssertUpAsync();
        Assert.Equal(["t1", "t2", "t3"], await TablesAsync());
        Assert.Equal(MigrationOutcome.NothingToDo, (await RunAsync()).Outcome);
    }

    [Fact]
    public async Task They_take_turns()
    {
        WriteAll(2);
        await Peer.AssertUpAsync();
        Write(3);
        MigrationRun third = await RunAsync();
        Write(4);
        await Peer.AssertUpAsync();

        Assert.Equal([Peer.Id(3)], third.Migrations.Select(step => step.Id));
        Assert.Equal("", await Peer.ComplaintsAsync());
        Assert.All(await StatusAsync(), item => Assert.Equal(MigrationState.Applied, item.State));
        Assert.Equal(["t1", "t2", "t3", "t4"], await TablesAsync());
    }

    [Fact]
    public async Task A_failure_by_SafeDb_leaves_no_trace_and_the_retry_is_clean()
    {
        Write(1);
        Peer.Write(2, "create table t2 (id integer primary key); insert into no_such_table values (1);", "drop table t2;");
        await Peer.UpAsync();
        await ResolveAsPersonAsync();
        IReadOnlyList<string> before = await TablesAsync();

        MigrationRun failed = await RunAsync();
        Assert.True(failed.Outcome == MigrationOutcome.RolledBack, failed.Error?.Message);
        Assert.Equal(before, await TablesAsync());
        Write(2);
        MigrationRun retried = await RunAsync();

        Assert.True(retried.Outcome == MigrationOutcome.Applied, retried.Error?.Message);
        Assert.Equal("", await Peer.ComplaintsAsync());
        await Peer.AssertUpAsync();
        Assert.Equal(["t1", "t2"], await TablesAsync());
    }

    [Fact]
    public async Task A_failure_by_the_peer_that_left_nothing_is_settled_and_retried()
    {
        Write(1);
        await Peer.AssertUpAsync();
        await Database.ExecuteAsync("insert into t1 (id, v) values (1, 'same'), (2, 'same')");
        Peer.Write(2, "create table t2 (id integer primary key);\ncreate unique index t1_v on t1 (v);", "drop index t1_v; drop table t2;");
        Assert.False((await Peer.UpAsync()).Succeeded);
        bool stayed = (await TablesAsync()).Contains("t2");
        await Database.ExecuteAsync("delete from t1 where id = 2");

        MigrationRun run = await RunAsync();

        // A tool that does not run a migration in a transaction leaves its beginning there: that is not settled by itself.
        Assert.Equal(stayed ? MigrationOutcome.Stopped : MigrationOutcome.Applied, run.Outcome);
        if (stayed)
        {
            Assert.Equal("Migration.FailedBefore", run.Error!.Id);
            await Database.ExecuteAsync("drop table t2");
            run = await RunAsync();
        }

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal("", await Peer.ComplaintsAsync());
        await Peer.AssertUpAsync();
        Assert.Equal(["t1", "t2"], await TablesAsync());
    }

    [Fact]
    public async Task A_database_without_history_is_put_under_it_by_SafeDb()
    {
        WriteAll(2);
        await Database.ExecuteAsync(Up(1));
        await Database.ExecuteAsync(Up(2));

        MigrationRun wrong = await BaselineAsync(1);
        Assert.Equal("Migration.BaselineUnproved", wrong.Error!.Id);
        Assert.Contains("t2", wrong.Error.Message, StringComparison.Ordinal);
        MigrationRun run = await BaselineAsync(2);

        Assert.True(run.Outcome == MigrationOutcome.Baselined, run.Error?.Message);
        Assert.Equal("", await Peer.ComplaintsAsync());
        await Peer.AssertUpAsync();
        Write(3);
        await Peer.AssertUpAsync();
        Assert.All(await StatusAsync(), item => Assert.Equal(MigrationState.Applied, item.State));
        Assert.Equal(["t1", "t2", "t3"], await TablesAsync());
    }

    [Fact]
    public async Task Line_ends_are_no_edit()
    {
        WriteAll(1);
        await Peer.AssertUpAsync();
        Write(2);
        await RunAsync();
        Rewrite(text => text.Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.All(await StatusAsync(), item => Assert.Equal(MigrationState.Applied, item.State));
        Assert.Equal("", await Peer.ComplaintsAsync());
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_edit()
    {
        WriteAll(1);
        await Peer.AssertUpAsync();
        Rewrite(text => "\uFEFF" + text);

        Assert.All(await StatusAsync(), item => Assert.Equal(MigrationState.Applied, item.State));
    }

    [Fact]
    public async Task Each_takes_back_what_the_other_applied()
    {
        WriteAll(1);
        await Peer.AssertUpAsync();
        Write(2);
        await RunAsync();
        Write(3);
        await Peer.AssertUpAsync();

        Assert.Equal(MigrationOutcome.Undone, (await UndoAsync()).Outcome);
        Assert.Equal(["t1", "t2"], await TablesAsync());
        if (Peer.HasDown)
        {
            PeerAnswer down = await Peer.DownAsync();
            Assert.True(down.Succeeded, down.Output);
            Assert.Equal(["t1"], await TablesAsync());
            Assert.Equal([MigrationState.Applied, MigrationState.Pending, MigrationState.Pending], (await StatusAsync()).Select(item => item.State));
        }

        await Peer.AssertUpAsync();
        Assert.Equal(["t1", "t2", "t3"], await TablesAsync());
        Assert.All(await StatusAsync(), item => Assert.Equal(MigrationState.Applied, item.State));
        Assert.Equal("", await Peer.ComplaintsAsync());
    }

    protected static string Up(int number) => $"create table t{number} (id integer primary key, v varchar(20));";

    protected void Write(int number) => Peer.Write(number, Up(number), $"drop table t{number};");

    protected void WriteAll(int count)
    {
        for (int number = 1; number <= count; number++)
        {
            Write(number);
        }
    }

    private Task<MigrationRun> BaselineAsync(int number) => BaselineAsync(Peer.Id(number));

    /// <summary>The tables of the migrations.</summary>
    protected Task<IReadOnlyList<string>> TablesAsync() => Database.ListAsync(Database.IsSqlite
        ? "select name from sqlite_master where type = 'table' and name like 't_' order by name"
        : "select tablename::text from pg_tables where schemaname = 'public' and tablename like 't_' order by 1");

    /// <summary>After the peer failed: what its user would do by hand, so that SafeDb begins from a clean history.</summary>
    protected virtual Task ResolveAsPersonAsync() => Task.CompletedTask;

    private void Rewrite(Func<string, string> change)
    {
        foreach (string file in Peer.Files)
        {
            File.WriteAllText(file, change(File.ReadAllText(file)));
        }
    }
}
