using System.Text.Json;

using Npgsql;

using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>What holds for Prisma Migrate on every engine.</summary>
public abstract class PrismaInteropSpec(PrismaEngine engine) : InteropSpec
{
    protected PrismaPeer Prisma => (PrismaPeer)Peer;

    protected override Peer CreatePeer(PeerDatabase database, string folder) => new PrismaPeer(engine, database, folder);

    [Fact]
    public async Task A_database_put_under_history_by_Prisma_is_known_to_SafeDb()
    {
        if (Database.IsSqlite)
        {
            // The adapter for SQLite fails where there is no history table yet.
            await Peer.AssertUpAsync();
        }

        WriteAll(2);
        await Database.ExecuteAsync(Up(1));
        JsonElement marked = await Prisma.CallAsync("markMigrationApplied", Peer.Id(1));
        Assert.False(marked.TryGetProperty("error", out _), marked.ToString());

        Assert.Equal([MigrationState.Applied, MigrationState.Pending], (await StatusAsync()).Select(item => item.State));
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        Assert.Equal("", await Peer.ComplaintsAsync());
    }

    [Fact]
    public async Task A_failure_that_Prisma_itself_marked_as_rolled_back_is_simply_pending()
    {
        Peer.Write(1, "create table t1 (id integer primary key); insert into no_such_table values (1);", "drop table t1;");
        Assert.False((await Peer.UpAsync()).Succeeded);
        Assert.Equal([MigrationState.Failed], (await StatusAsync()).Select(item => item.State));
        await ResolveAsPersonAsync();
        Write(1);

        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        Assert.Equal("", await Peer.ComplaintsAsync());
    }

    [Fact]
    public async Task A_failure_whose_file_was_edited_since_needs_a_word_from_a_person()
    {
        Peer.Write(1, "create table t1 (id integer primary key); insert into no_such_table values (1);", "drop table t1;");
        Assert.False((await Peer.UpAsync()).Succeeded);
        await Database.ExecuteAsync("drop table if exists t1");
        Write(1);

        MigrationRun stopped = await RunAsync();
        MigrationRun run = await RunAsync("retry-failed-migration");

        Assert.Equal("Migration.FailedBefore", stopped.Error!.Id);
        Assert.Contains(stopped.Warnings, warning => warning.Contains("edited since it failed", StringComparison.Ordinal));
        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal("", await Peer.ComplaintsAsync());
    }

    [Fact]
    public async Task A_failure_that_may_have_changed_rows_needs_a_word_from_a_person()
    {
        Write(1);
        await Peer.AssertUpAsync();
        await Database.ExecuteAsync("insert into t1 (id, v) values (1, 'same'), (2, 'same')");
        Peer.Write(2, "update t1 set v = 'changed';\ncreate unique index t1_v on t1 (v);", "drop index t1_v;");
        Assert.False((await Peer.UpAsync()).Succeeded);
        await Database.ExecuteAsync("delete from t1 where id = 2");

        MigrationRun stopped = await RunAsync();

        Assert.Equal("Migration.FailedBefore", stopped.Error!.Id);
        Assert.Contains(stopped.Warnings, warning => warning.Contains("after line 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rows_of_old_engines_without_padding_are_no_edit()
    {
        WriteAll(1);
        await Peer.AssertUpAsync();
        string checksum = (await Database.ListAsync("select checksum from _prisma_migrations"))[0];
        string old = string.Concat(checksum.Chunk(2).Select(pair => pair[0] == '0' ? pair[1].ToString() : new string(pair)));
        await Database.ExecuteAsync($"update _prisma_migrations set checksum = '{old}'");

        Assert.Equal("", await Peer.ComplaintsAsync());
        Assert.All(await StatusAsync(), item => Assert.Equal(MigrationState.Applied, item.State));
    }

    [Fact]
    public async Task Contract_migrations_are_refused_with_advice()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "20240101000000_a"));
        await File.WriteAllTextAsync(Path.Combine(Folder, "20240101000000_a", "migration.json"), "{}", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Folder, "20240101000000_a", "ops.json"), "[]", TestContext.Current.CancellationToken);

        MigrationRun run = await RunAsync();

        Assert.Equal("Migration.PrismaContract", run.Error!.Id);
        Assert.Contains("Backup-SafeDb", run.Error.RecommendedAction, StringComparison.Ordinal);
    }

    protected override async Task ResolveAsPersonAsync()
    {
        foreach (string failed in (await StatusAsync()).Where(item => item.State == MigrationState.Failed).Select(item => item.Id))
        {
            JsonElement answer = await Prisma.CallAsync("markMigrationRolledBack", failed);
            Assert.False(answer.TryGetProperty("error", out _), answer.ToString());
        }

        await Database.ExecuteAsync("drop table if exists t2");
        if (!(await StatusAsync()).Any(item => item.State == MigrationState.Applied))
        {
            await Database.ExecuteAsync("drop table if exists t1");
        }
    }
}

public sealed class PrismaSqliteInteropTests(PrismaEngine engine) : PrismaInteropSpec(engine)
{
    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnSqliteAsync();
}

public sealed class PrismaInteropTests(PostgresCluster cluster, PrismaEngine engine) : PrismaInteropSpec(engine)
{
    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnPostgreSqlAsync(cluster);

    [Fact]
    public async Task No_drift_is_seen_in_what_SafeDb_applied()
    {
        WriteAll(2);
        await RunAsync();

        JsonElement answer = await Prisma.CallAsync("devDiagnostic");

        Assert.Equal("createMigration", answer.GetProperty("ok").GetProperty("action").GetProperty("tag").GetString());
    }

    [Fact]
    public async Task A_concurrent_index_that_Prisma_cannot_build_is_built_by_SafeDb_for_it()
    {
        Write(1);
        Peer.Write(2, "create table t2 (id integer primary key);\ncreate index concurrently t1_v on t1 (v);", "drop index concurrently t1_v; drop table t2;");

        MigrationRun run = await RunAsync();

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal("", await Peer.ComplaintsAsync());
    }

    [Fact]
    public async Task Prisma_waits_for_the_lock_while_SafeDb_holds_it_and_the_other_way_round()
    {
        WriteAll(1);
        await using IDatabaseSession session = await Database.Context.OpenAsync(Database.Address, TestContext.Current.CancellationToken);
        IAsyncDisposable? held = await Database.Context.History("prisma").TryLockAsync(session, TestContext.Current.CancellationToken);
        Assert.NotNull(held);
        Task<PeerAnswer> waiting = Peer.UpAsync();
        await await Task.WhenAny(waiting, UntilAsync("select count(*)::text from pg_locks where locktype = 'advisory' and objid = 72707369 and not granted", "1"));
        Assert.False(waiting.IsCompleted);
        Assert.Empty(await TablesAsync());

        await held.DisposeAsync();

        Assert.True((await waiting).Succeeded);
        Write(2);
        await using NpgsqlConnection peer = new(Database.Address.GetConnectionString());
        await peer.OpenAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("select pg_advisory_lock(72707369)", peer))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        MigrationRun refused = await RunAsync();
        Assert.Equal("Migration.Locked", refused.Error!.Id);
        Assert.Equal(["t1"], await TablesAsync());
    }

    private async Task UntilAsync(string query, string wanted)
    {
        for (int attempt = 0; (await Database.ListAsync(query))[0] != wanted; attempt++)
        {
            Assert.True(attempt < 600, "It did not come to that within a minute.");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }
}
