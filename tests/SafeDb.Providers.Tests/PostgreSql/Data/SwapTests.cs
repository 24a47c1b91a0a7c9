using Npgsql;

using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

public sealed class SwapTests(PostgresCluster cluster)
{
    [Fact]
    public async Task A_restore_over_a_live_database_swaps_and_keeps_the_old_one_even_while_clients_use_it()
    {
        await using TestDatabase live = await LiveAsync("before");
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await live.ExecuteAsync("UPDATE t SET note = 'after'");
        using var stop = new CancellationTokenSource();
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<List<string>> client = WatchAsync(live, restored, stop.Token);
        RestoreCommit commit;
        await using (IRestoreTarget target = await Drill.RestoreAsync(archive, Drill.Into(live, live.Name, RestoreMode.Replace)))
        {
            await Drill.AssertEqualAsync(archive.Manifest, target);
            commit = await target.CommitAsync(default);
        }

        await restored.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await stop.CancelAsync();
        List<string> seen = await client;

        // Every answer that the client got was the old or the new state, in this order, and every failed attempt was followed by one that worked.
        Assert.Equal(["after", "before"], seen.Distinct());
        Assert.Equal("before", await live.ScalarAsync<string>("SELECT note FROM t"));
        Assert.StartsWith(live.Name + "_before_", commit.Previous, StringComparison.Ordinal);
        await using var old = new TestDatabase(cluster, commit.Previous!);
        Assert.Equal("after", await old.ScalarAsync<string>("SELECT note FROM t"));
    }

    [Fact]
    public async Task A_restore_that_is_not_committed_leaves_nothing()
    {
        await using TestDatabase live = await LiveAsync("x");
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await using (IRestoreTarget target = await Drill.RestoreAsync(archive, Drill.Into(live, live.Name, RestoreMode.Replace)))
            Assert.Equal(1L, await CopiesAsync(live));
        Assert.Equal(0L, await CopiesAsync(live));
        Assert.Equal("x", await live.ScalarAsync<string>("SELECT note FROM t"));
    }

    [Fact]
    public async Task A_new_database_and_an_empty_one_take_the_restored_data()
    {
        await using TestDatabase source = await LiveAsync("x");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using var fresh = new TestDatabase(cluster, source.Name + "_new");
        await using TestDatabase empty = await cluster.CreateDatabaseAsync();
        foreach (TestDatabase to in new[] { fresh, empty })
        {
            await using IRestoreTarget target = await Drill.RestoreAsync(archive, Drill.Into(source, to.Name, RestoreMode.New));
            Assert.Null((await target.CommitAsync(default)).Previous);
            Assert.Equal("x", await to.ScalarAsync<string>("SELECT note FROM t"));
            Assert.Equal(0L, await source.ScalarAsync<long>($"SELECT count(*) FROM pg_database WHERE datname LIKE '{to.Name}\\_%'"));
        }

        Assert.Equal(0L, await CopiesAsync(source));
    }

    [Fact]
    public async Task Targets_that_do_not_fit_are_refused_before_anything_is_made()
    {
        await using TestDatabase source = await LiveAsync("x");
        await using TestDatabase other = await LiveAsync("y");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        Assert.Equal("PostgreSql.TargetNotEmpty", await RefusalAsync(archive, Drill.Into(source, other.Name, RestoreMode.New)));
        Assert.Equal("PostgreSql.TargetMissing", await RefusalAsync(archive, Drill.Into(source, source.Name + "_no", RestoreMode.Replace)));
        Assert.Equal("PostgreSql.TargetProtected", await RefusalAsync(archive, Drill.Into(source, "template1", RestoreMode.Replace)));
        await source.ExecuteAsync("CREATE ROLE plain_" + source.Name + " LOGIN");
        RestoreRequest plain = new(new PostgreSqlProvider().TryParse(source.Address.Replace("postgres@", $"plain_{source.Name}@", StringComparison.Ordinal))!, RestoreMode.Scratch);
        Assert.Equal("PostgreSql.NoCreateDatabase", await RefusalAsync(archive, plain));
        Assert.Equal("y", await other.ScalarAsync<string>("SELECT note FROM t"));
        await source.ExecuteAsync("DROP ROLE plain_" + source.Name);
    }

    [Fact]
    public async Task What_a_dead_process_left_is_removed_by_the_next_restore_and_what_lives_is_not()
    {
        await using TestDatabase source = await LiveAsync("x");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        string stale = source.Name + "_safedb_0123456789abcdef";
        await cluster.ExecuteOnServerAsync($"CREATE DATABASE {stale}");
        await using IRestoreTarget living = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await using IRestoreTarget next = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        Assert.Equal(0L, await source.ScalarAsync<long>($"SELECT count(*) FROM pg_database WHERE datname = '{stale}'"));
        Assert.Equal(2L, await CopiesAsync(source));
        await Drill.AssertEqualAsync(archive.Manifest, living);
    }

    [Fact]
    public async Task Rows_that_do_not_load_take_the_whole_restore_back()
    {
        await using TestDatabase source = await LiveAsync("x");
        await source.ExecuteAsync("CREATE TABLE u (id int PRIMARY KEY); INSERT INTO u VALUES (1)");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        Archive.ManifestPart part = archive.Manifest.Parts.Single(item => item.Target == "public.u");
        IRestoreTarget target = await new PostgreSqlProvider().OpenRestoreTargetAsync(Drill.Scratch(source), archive.Manifest, default);
        await target.PrepareAsync(default);
        SafeDbException failed = await Assert.ThrowsAsync<SafeDbException>(() => target.LoadAsync(part, new MemoryStream("1\nnot a number\n"u8.ToArray()), default));
        Assert.Equal(("PostgreSql.RestoreRowsFailed", "22P02"), (failed.Id, failed.Error.EngineCode));

        // Nothing of the failed part may be there: disposing a COPY commits it unless it is cancelled first.
        await target.LoadAsync(part, new MemoryStream("2\n"u8.ToArray()), default);
        await Assert.ThrowsAsync<InvalidDataException>(() => target.LoadAsync(part, new BreakingStream("3\n"u8.ToArray()), default));
        await using (var copy = new TestDatabase(cluster, target.Copy.DatabaseName))
        {
            Assert.Equal("2", await copy.ScalarAsync<string>("SELECT string_agg(id::text, ',') FROM u"));
            await target.DisposeAsync();
        }

        Assert.Equal(0L, await CopiesAsync(source));
    }

    private static async Task<string> RefusalAsync(MemoryArchive archive, RestoreRequest request) =>
        (await Assert.ThrowsAsync<SafeDbException>(async () => await new PostgreSqlProvider().OpenRestoreTargetAsync(request, archive.Manifest, default))).Id;

    private async Task<TestDatabase> LiveAsync(string note)
    {
        TestDatabase live = await cluster.CreateDatabaseAsync();
        await live.ExecuteAsync($"CREATE TABLE t (note text); INSERT INTO t VALUES ('{note}')");
        return live;
    }

    private static async Task<long> CopiesAsync(TestDatabase near) =>
        await near.ScalarAsync<long>($"SELECT count(*) FROM pg_database WHERE datname LIKE '{near.Name}\\_safedb\\_%'");

    private static async Task<List<string>> WatchAsync(TestDatabase live, TaskCompletionSource restored, CancellationToken stop)
    {
        var seen = new List<string>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = await live.OpenAsync();
                await using var command = new NpgsqlCommand("SELECT note FROM t", connection);
                for (int i = 0; i < 20; i++)
                {
                    seen.Add((string)(await command.ExecuteScalarAsync(CancellationToken.None))!);
                    if (seen[^1] == "before") restored.TrySetResult();
                    await Task.Delay(5, CancellationToken.None);
                }
            }
            catch (NpgsqlException)
            {
                // Ended by the swap; the next attempt must work.
            }
        }

        return seen;
    }

    private sealed class BreakingStream(byte[] first) : Stream
    {
        private bool _given;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_given) throw new InvalidDataException("the archive is damaged here");
            _given = true;
            first.CopyTo(buffer, offset);
            return first.Length;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
