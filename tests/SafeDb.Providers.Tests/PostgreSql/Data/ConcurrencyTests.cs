using Npgsql;

using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

public sealed class ConcurrencyTests(PostgresCluster cluster)
{
    [Fact]
    public async Task The_backup_shows_one_moment_while_others_write()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE TABLE account (id int PRIMARY KEY, balance int); INSERT INTO account SELECT i, 100 FROM generate_series(1, 1000) i;
            CREATE TABLE pad (id int, filler text); INSERT INTO pad SELECT i, repeat('x', 500) FROM generate_series(1, 60000) i;
            CREATE TABLE transfer (id serial PRIMARY KEY, amount int);
            """);
        using var stop = new CancellationTokenSource();
        Task writers = Task.WhenAll(Enumerable.Range(0, 3).Select(seed => TransferAsync(source, seed, stop.Token)));
        for (int i = 0; i < 4; i++)
        {
            MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 3 });

            // Each transfer moves its amount between two accounts: the sum never changes in any one moment.
            Assert.Equal(100_000, archive.Lines("public.account").Sum(line => int.Parse(line.Split('\t')[1])));
        }

        await stop.CancelAsync();
        await writers;
    }

    [Fact]
    public async Task A_change_of_a_table_that_queues_behind_the_backup_neither_stops_it_nor_deadlocks()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE a (id int); INSERT INTO a SELECT generate_series(1, 1000); CREATE TABLE b (id int); INSERT INTO b SELECT generate_series(1, 2000)");
        Task? change = null;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        MemoryArchive archive = await MemoryArchive.BackupAsync(
            source.Address,
            new BackupRequest { Jobs = 1 },
            async _ =>
            {
                change ??= source.ExecuteAsync("ALTER TABLE a ADD late int; ALTER TABLE b ADD late int");
                await WaitForAsync(source, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock')");
            },
            timeout.Token);
        Assert.Equal((1000, 2000), (archive.Lines("public.a").Count, archive.Lines("public.b").Count));
        await change!;
        Assert.True(await source.ScalarAsync<bool>("SELECT count(*) = 2 FROM pg_attribute WHERE attname = 'late'"));
    }

    [Fact]
    public async Task Cancelling_stops_the_servers_work_at_once_and_leaves_no_session()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE big (id int, filler text); INSERT INTO big SELECT i, repeat('x', 900) FROM generate_series(1, 100000) i");
        var provider = new PostgreSqlProvider();
        using var stop = new CancellationTokenSource();
        IBackupSource backup = await provider.OpenBackupSourceAsync(provider.TryParse(source.Address)!, new BackupRequest { Jobs = 1 }, default);
        BackupContents contents = await backup.DescribeAsync(default);
        Task reading = backup.ReadAsync(contents.Units[0], new StoppingSink(stop), stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromMinutes(1)));
        await backup.DisposeAsync();
        await WaitForAsync(source, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())");
    }

    [Fact]
    public async Task Disposing_in_the_middle_of_a_unit_ends_it()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE big (id int, filler text); INSERT INTO big SELECT i, repeat('x', 900) FROM generate_series(1, 100000) i");
        var provider = new PostgreSqlProvider();
        IBackupSource backup = await provider.OpenBackupSourceAsync(provider.TryParse(source.Address)!, new BackupRequest { Jobs = 1 }, default);
        BackupContents contents = await backup.DescribeAsync(default);
        var sink = new WaitingSink();
        Task reading = backup.ReadAsync(contents.Units[0], sink, default);
        await sink.Reached;
        Task disposing = backup.DisposeAsync().AsTask();
        await Assert.ThrowsAnyAsync<Exception>(() => reading.WaitAsync(TimeSpan.FromMinutes(1)));
        await disposing.WaitAsync(TimeSpan.FromMinutes(1));
        await WaitForAsync(source, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid())");
    }

    [Fact]
    public async Task A_failing_row_in_the_middle_of_a_table_is_an_error_and_never_a_short_table()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE TABLE parent (id int PRIMARY KEY, filler text);
            INSERT INTO parent SELECT i, repeat('x', 500) FROM generate_series(1, 20000) i;
            """);

        // The connection is ended from outside while rows flow.
        var provider = new PostgreSqlProvider();
        await using IBackupSource backup = await provider.OpenBackupSourceAsync(provider.TryParse(source.Address)!, new BackupRequest { Jobs = 1 }, default);
        BackupContents contents = await backup.DescribeAsync(default);
        var sink = new CuttingSink(source);
        SafeDbException lost = await Assert.ThrowsAsync<SafeDbException>(() => backup.ReadAsync(contents.Units[0], sink, default));
        Assert.Equal("PostgreSql.ConnectionLost", lost.Id);
        await Assert.ThrowsAsync<SafeDbException>(() => backup.CompleteAsync(default));
    }

    [Fact]
    public async Task Filters_leave_rows_out_and_say_so_and_a_wrong_name_is_refused()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE SCHEMA sales; CREATE TABLE sales.orders (id int PRIMARY KEY); INSERT INTO sales.orders VALUES (1);
            CREATE TABLE public.log (id int, order_id int REFERENCES sales.orders); INSERT INTO public.log VALUES (5, 1);
            """);
        MemoryArchive only = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 2, Scope = new BackupScope { ExcludeTables = ["sales.*"] } });
        Assert.Equal(["public.log"], only.Manifest.Tables.Where(table => table.Fingerprint is not null).Select(table => table.Name));
        Assert.Equal("excluded", only.Manifest.Tables.Single(table => table.Name == "sales.orders").RowsOmitted);

        // The foreign key refers to rows that are not there: the restore leaves it unvalidated, and the drill knows.
        await using (IRestoreTarget copy = await Drill.RestoreAsync(only, Drill.Scratch(source)))
            await Drill.AssertEqualAsync(only.Manifest, copy);
        SafeDbException wrong = await Assert.ThrowsAsync<SafeDbException>(
            () => MemoryArchive.BackupAsync(source.Address, new BackupRequest { Scope = new BackupScope { IncludeTables = ["sales.order"] } }));
        Assert.Equal("PostgreSql.NothingMatches", wrong.Id);
        MemoryArchive schema = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Scope = new BackupScope { SchemaOnly = true } });
        Assert.Empty(schema.Manifest.Parts);
        await using IRestoreTarget empty = await Drill.RestoreAsync(schema, Drill.Scratch(source) with { SchemaOnly = true });
        await Drill.AssertEqualAsync(schema.Manifest, empty);
    }

    private static async Task TransferAsync(TestDatabase database, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        await using NpgsqlConnection connection = await database.OpenAsync();
        while (!stop.IsCancellationRequested)
        {
            (int from, int to, int amount) = (random.Next(1, 1001), random.Next(1, 1001), random.Next(1, 50));
            await using var command = new NpgsqlCommand(
                $"UPDATE account SET balance = balance + CASE id WHEN {Math.Min(from, to)} THEN -{amount} ELSE {amount} END WHERE id IN ({from}, {to}) AND {from} <> {to}; INSERT INTO transfer (amount) VALUES ({amount})", connection);
            try
            {
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected)
            {
                // Rolled back whole: the sum is as before.
            }
        }
    }

    private static async Task WaitForAsync(TestDatabase database, string condition)
    {
        for (int i = 0; i < 1200; i++)
        {
            if (await database.ScalarAsync<bool>(condition)) return;
            await Task.Delay(50);
        }

        Assert.Fail("It did not become true: " + condition);
    }

    private sealed class StoppingSink(CancellationTokenSource stop) : IPartSink
    {
        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => await stop.CancelAsync();
    }

    private sealed class WaitingSink : IPartSink
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            _reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    private sealed class CuttingSink(TestDatabase database) : IPartSink
    {
        private bool _cut;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            if (_cut) return;
            _cut = true;
            await database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }
    }
}
