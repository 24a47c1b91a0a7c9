using System.Data.Common;

using Npgsql;

using SafeDb.Addresses;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.PostgreSql.Migration;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

public sealed partial class PostgreSqlMigrationRunTests(PostgresCluster cluster) : MigrationRunSpec
{
    private string _name = "";
    private int _copies;

    protected override IMigrationEngine Engine { get; } = new PostgreSqlMigrationEngine();

    [Fact]
    public async Task A_concurrent_index_runs_alone_between_two_transactions()
    {
        Write("001_i.up.sql", "alter table orders add column extra text; create index concurrently orders_note on orders (note); alter table orders add column extra2 text;");
        Write("001_i.down.sql", "alter table orders drop column extra, drop column extra2; drop index concurrently orders_note;");

        MigrationRun run = await RunAsync();

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.True(run.Rehearsal!.DownRestores, string.Join("; ", run.Rehearsal.DownDifferences));
        Assert.Contains(run.Rehearsal.Migrations[0].Statements[0].Locks, held => held is { Relation: "public.orders", Mode: "AccessExclusive" });
        Assert.Equal("t", await ScalarAsync("select indisvalid::text::char from pg_index where indexrelid = 'orders_note'::regclass"));
    }

    [Fact]
    public async Task A_failed_concurrent_index_leaves_nothing_behind()
    {
        await ExecuteAsync("update orders set note = 'same'");
        Write("001_i.up.sql", "create unique index concurrently orders_note on orders (note);");
        Write("001_i.down.sql", "drop index concurrently if exists orders_note;");

        MigrationRun run = await RunAsync(rehearse: false);

        Assert.Equal(MigrationOutcome.RolledBack, run.Outcome);
        Assert.Equal("0", await ScalarAsync("select count(*) from pg_class where relname = 'orders_note'"));
    }

    [Fact]
    public async Task Rows_that_nobody_named_are_kept_before_their_transaction_runs_again()
    {
        await ExecuteAsync("create function forget() returns void language sql as 'delete from orders where id <= 5'");
        Write("001_f.up.sql", "create table seen (id integer primary key); insert into seen values (1); select forget();");
        Write("001_f.down.sql", "drop table seen;");

        MigrationRun run = await RunAsync();

        Assert.Equal("Migration.DataLoss", run.Error!.Id);
        Assert.Contains("5 of 50 rows are gone", run.Error.Message, StringComparison.Ordinal);
        Assert.Equal(["create table seen (id integer primary key)", "insert into seen values (1)", "select forget()"], run.Rehearsal!.Migrations[0].Statements.Select(statement => statement.Preview));
        Assert.Equal("50", await ScalarAsync("select count(*) from orders"));
    }

    [Fact]
    public async Task A_truncating_cast_is_stopped_with_the_numbers()
    {
        Write("001_t.up.sql", "alter table orders alter column amount type numeric(10,2);");
        Write("001_t.down.sql", "alter table orders alter column amount type numeric(10,4);");

        MigrationRun run = await RunAsync();

        Assert.Equal("Migration.DataLoss", run.Error!.Id);
        Assert.Contains("50 values of amount were lost", run.Error.Message, StringComparison.Ordinal);
        Assert.Contains("public.orders", run.Rehearsal!.Migrations[0].Statements[0].Rewrites);
        Assert.Equal("1.1234", await ScalarAsync("select amount::text from orders where id = 1"));
    }

    [Fact]
    public async Task A_blocker_is_named_and_the_run_succeeds_after_it_is_gone()
    {
        Write("001_a.up.sql", "alter table orders add column extra text;");
        Write("001_a.down.sql", "alter table orders drop column extra;");
        await using var blocker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(cluster.ConnectionString(_name)) { ApplicationName = "the blocker" }.ConnectionString);
        await blocker.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlTransaction transaction = await blocker.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new NpgsqlCommand("select * from orders limit 1", blocker, transaction))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var refused = new Announcement("lock ");
        Task<MigrationRun> running = Service(null).RunAsync(Command(allow: "no-backup") with { Observer = refused }, null, Yes, TestContext.Current.CancellationToken);
        await refused.UntilSaidAsync(running, TestContext.Current.CancellationToken);
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        MigrationRun run = await running;

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.True(run.Migrations[0].Statements[0].Attempts > 1);
        Assert.Contains(run.Events, line => line.Step == "lock" && line.Message.Contains("the blocker", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_backfill_waits_while_others_wait_for_locks_but_not_for_ever(bool lasts)
    {
        Write("001_f.up.sql", "-- safedb:batch key=id size=20 max-waiting=0\nupdate orders set note = 'filled';");
        Write("001_f.down.sql", "update orders set note = 'note ' || id;");
        string before = await StateAsync();
        await using NpgsqlConnection holder = await ConnectAsync();
        await using NpgsqlConnection waiter = await ConnectAsync();
        await ExecuteAsync(holder, "select pg_advisory_lock(4711)");
        Task waiting = ExecuteAsync(waiter, "select pg_advisory_lock(4711)");
        MigrationCommand command = Command(policy => policy with { BatchPatience = lasts ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromMinutes(1) }, allow: "no-backup");

        var waits = new Announcement("batch ");
        Task<MigrationRun> running = Service(null).RunAsync(command with { Observer = waits }, null, Yes, TestContext.Current.CancellationToken);
        if (!lasts)
        {
            await waits.UntilSaidAsync(running, TestContext.Current.CancellationToken);
            await ExecuteAsync(holder, "select pg_advisory_unlock(4711)");
            await waiting;
        }

        MigrationRun run = await running;
        await ExecuteAsync(holder, "select pg_advisory_unlock_all()");
        await waiting;
        Assert.True(run.Outcome == (lasts ? MigrationOutcome.RolledBack : MigrationOutcome.Applied), run.Error?.Message);
        Assert.Contains(run.Events, line => line.Step == "batch" && line.Message.Contains("wait for locks, the limit is 0", StringComparison.Ordinal));
        if (lasts)
        {
            Assert.Equal("Migration.BatchTooBusy", run.Error!.Target);
            Assert.Equal(before, await StateAsync());
        }
        else
        {
            Assert.Equal("50", await ScalarAsync("select count(*) from orders where note = 'filled'"));
        }
    }

    protected override int Sample => 10;

    protected override async Task<(AdoProvider Provider, DatabaseAddress Database)> CreateAsync()
    {
        TestDatabase database = await cluster.CreateDatabaseAsync();
        _name = database.Name;
        return (new PostgreSqlAdoProvider(), Address(_name));
    }

    protected override async Task<DatabaseAddress> CopyAsync()
    {
        string copy = $"{_name}_c{_copies++}";
        await CopyAsync(_name, copy);
        return Address(copy);
    }

    protected override async Task ReplaceAsync(DatabaseAddress copy)
    {
        await cluster.ExecuteOnServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
        await CopyAsync(copy.DatabaseName, _name);
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(cluster.ConnectionString(_name));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private async Task CopyAsync(string from, string to)
    {
        await cluster.ExecuteOnServerAsync($"CREATE DATABASE {to} TEMPLATE template0");
        string file = Path.GetTempFileName();
        await cluster.RunToolAsync("pg_dump", "-f", file, from);
        await cluster.RunToolAsync("psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-f", file, to);
        File.Delete(file);
    }

    private DatabaseAddress Address(string name) => new(DatabaseEngine.PostgreSql, cluster.ConnectionString(name), $"postgresql://127.0.0.1/{name}", name);

    private sealed class PostgreSqlAdoProvider : AdoProvider
    {
        public override DatabaseEngine Engine => DatabaseEngine.PostgreSql;

        protected override string SchemaSql => """
            select 'column'::text, table_name || '.' || column_name, data_type || coalesce(numeric_scale::text, '') || is_nullable, 'table ' || table_name
            from information_schema.columns where table_schema = 'public'
            union all select 'index', indexname, indexdef, 'table ' || tablename from pg_indexes where schemaname = 'public' order by 1, 2
            """;

        protected override DbConnection Connect(string connectionString) => new NpgsqlConnection(connectionString);

        protected override string? Code(DbException failure) => failure.SqlState;

        protected override async Task<TransactionState> StateAsync(DbConnection connection)
        {
            if (connection.State != System.Data.ConnectionState.Open)
            {
                return TransactionState.None;
            }

            try
            {
                await using DbTransaction probe = await connection.BeginTransactionAsync();
                await probe.RollbackAsync();
                return TransactionState.None;
            }
            catch (InvalidOperationException)
            {
                // The driver refuses to nest: one is open. Whether it is usable, a statement tells.
            }

            try
            {
                await using DbCommand command = connection.CreateCommand();
                command.CommandText = "select 1";
                await command.ExecuteScalarAsync();
                return TransactionState.Open;
            }
            catch (PostgresException failed) when (failed.SqlState == "25P02")
            {
                return TransactionState.Failed;
            }
        }
    }
}
