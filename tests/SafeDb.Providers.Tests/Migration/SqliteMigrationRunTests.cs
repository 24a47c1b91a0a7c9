using System.Data.Common;

using Microsoft.Data.Sqlite;

using SafeDb.Addresses;
using SafeDb.Migration;
using SafeDb.Sqlite.Migration;

using SQLitePCL;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

public sealed class SqliteMigrationRunTests : MigrationRunSpec
{
    private readonly string _files = Directory.CreateTempSubdirectory("safedb-sqlite-run-").FullName;
    private int _copies;

    protected override IMigrationEngine Engine { get; } = new SqliteMigrationEngine();

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(_files, recursive: true);
        return base.DisposeAsync();
    }

    [Fact]
    public async Task A_rebuild_with_foreign_keys_off_keeps_the_rows_that_refer_to_it()
    {
        Write("001_rebuild.up.sql", """
            PRAGMA foreign_keys=OFF;
            create table new_customers (id integer primary key, name text not null, email text);
            insert into new_customers (id, name) select id, name from customers;
            drop table customers;
            alter table new_customers rename to customers;
            PRAGMA foreign_keys=ON;
            """);
        Write("001_rebuild.down.sql", """
            PRAGMA foreign_keys=OFF;
            create table old_customers (id integer primary key, name varchar(100) not null);
            insert into old_customers (id, name) select id, name from customers;
            drop table customers;
            alter table old_customers rename to customers;
            PRAGMA foreign_keys=ON;
            """);

        MigrationRun run = await RunAsync(allow: "down-differs");

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal("50", await ScalarAsync("select count(*) from orders"));
    }

    [Fact]
    public async Task A_rebuild_without_switching_foreign_keys_off_cascades_and_is_stopped_with_the_numbers()
    {
        Write("001_rebuild.up.sql", """
            create table new_customers (id integer primary key, name text not null);
            insert into new_customers (id, name) select id, name from customers;
            drop table customers;
            alter table new_customers rename to customers;
            """);
        Write("001_rebuild.down.sql", "select 1;");

        MigrationRun run = await RunAsync();

        Assert.Equal((MigrationOutcome.Stopped, "Migration.DataLoss"), (run.Outcome, run.Error!.Id));
        Assert.Contains("orders: 50 of 50 rows are gone", run.Error.Message, StringComparison.Ordinal);
        Assert.Equal("50", await ScalarAsync("select count(*) from orders"));
    }

    [Fact]
    public async Task Maintenance_is_a_mark_beside_the_file_that_the_run_removes()
    {
        Five();
        var mode = new SafeDb.Sqlite.SqliteMaintenanceMode();
        var context = new MigrationContext(Provider, Context.Dialect, Engine, TimeProvider.System) { Maintenance = mode };
        string mark = Path.Combine(_files, "shop.db-maintenance.json");
        bool there = false;

        MigrationRun run = await new SafeDb.Migration.Run.MigrationService(context, null, new HttpClient()).RunAsync(
            Command(allow: "no-backup") with { Maintenance = true, Observer = new Watching(() => there |= File.Exists(mark)) }, null, Yes, TestContext.Current.CancellationToken);

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.True(there);
        Assert.False(File.Exists(mark));
    }

    private sealed class Watching(Action look) : SafeDb.Observation.IOperationObserver
    {
        public void OnMessage(SafeDb.Observation.MessageLevel level, string message) => look();

        public void OnProgress(SafeDb.Observation.ProgressReport progress) => look();
    }

    [Fact]
    public async Task A_rebuild_that_breaks_references_is_rolled_back()
    {
        Write("001_rebuild.up.sql", "PRAGMA foreign_keys=OFF; delete from customers where id = 3; PRAGMA foreign_keys=ON;");
        Write("001_rebuild.down.sql", "insert into customers values (3, 'customer 3');");

        MigrationRun run = await RunAsync(allow: "data-loss", rehearse: false);

        Assert.Equal(MigrationOutcome.RolledBack, run.Outcome);
        Assert.Equal("Migration.ForeignKeys", run.Error!.Target);
        Assert.Equal("50", await ScalarAsync("select count(*) from customers"));
    }

    protected override Task<(AdoProvider Provider, DatabaseAddress Database)> CreateAsync()
    {
        Batteries_V2.Init();
        return Task.FromResult<(AdoProvider, DatabaseAddress)>((new SqliteAdoProvider(), Address(Path.Combine(_files, "shop.db"))));
    }

    protected override Task<DatabaseAddress> CopyAsync()
    {
        string copy = Path.Combine(_files, $"copy{_copies++}.db");
        File.Copy(Path.Combine(_files, "shop.db"), copy);
        return Task.FromResult(Address(copy));
    }

    protected override Task ReplaceAsync(DatabaseAddress copy)
    {
        File.Copy(copy.Display, Path.Combine(_files, "shop.db"), overwrite: true);
        return Task.CompletedTask;
    }

    private static DatabaseAddress Address(string path) => new(DatabaseEngine.Sqlite, $"Data Source={path};Pooling=False", path, "shop");

    private sealed class SqliteAdoProvider : AdoProvider
    {
        public override DatabaseEngine Engine => DatabaseEngine.Sqlite;

        protected override string SchemaSql =>
            "select type, name, coalesce(sql, ''), case when type in ('index', 'trigger') then 'table ' || tbl_name end from sqlite_master where name not like 'sqlite_%' order by name";

        protected override DbConnection Connect(string connectionString) => new SqliteConnection(connectionString);

        protected override string? Code(DbException failure) => failure is SqliteException sqlite ? sqlite.SqliteErrorCode.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;

        protected override Task<TransactionState> StateAsync(DbConnection connection) =>
            Task.FromResult(((SqliteConnection)connection).Handle is { } handle && raw.sqlite3_get_autocommit(handle) == 0 ? TransactionState.Open : TransactionState.None);
    }
}
