using SafeDb.Migration.Plan;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>What a script sets for its session is the script's own affair: neither SafeDb's records nor the next script see it.</summary>
public sealed partial class PostgreSqlMigrationRunTests
{
    [Fact]
    public async Task The_header_of_a_dump_hides_neither_the_records_nor_the_next_migrations_tables()
    {
        Write("001_a.up.sql", "set statement_timeout = 0; set row_security = off; select pg_catalog.set_config('search_path', '', false); create table public.a (id integer primary key); delete from public.orders where id = 1;");
        Write("001_a.down.sql", "drop table a; insert into orders values (1, 1, 1.1234, 'note 1');");
        Write("002_b.up.sql", "alter table orders add column extra text;");
        Write("002_b.down.sql", "alter table orders drop column extra;");

        MigrationRun lossy = await RunAsync();
        MigrationRun run = await RunAsync(allow: "data-loss");

        Assert.Contains("1 of 50 rows is gone", lossy.Error!.Message, StringComparison.Ordinal);
        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal("2", await ScalarAsync("select count(*) from public.safedb_migrations where state = 'applied'"));
    }

    [Fact]
    public async Task Segments_share_what_their_script_sets_and_a_failure_in_the_last_finds_the_journal()
    {
        await AppSchemaAsync();
        Write("001_a.up.sql", "set search_path = app; set role safedb_app; alter table items add column extra text; create index concurrently items_note on items (note); insert into no_such_table values (1);");
        Write("001_a.down.sql", "set search_path = app; drop index items_note; alter table items drop column extra;");
        string before = await StateAsync();

        MigrationRun run = await RunAsync(rehearse: false);

        Assert.True(run.Outcome == MigrationOutcome.RolledBack, run.Error?.Message);
        Assert.Equal("down script", run.WayBack!.Way);
        Assert.Equal(before, await StateAsync());
        Assert.False(await JournalExistsAsync());
        Assert.Equal("note", await ScalarAsync("select string_agg(attname, ',') from pg_attribute where attrelid = 'app.items'::regclass and attnum > 1 and not attisdropped"));
    }

    [Fact]
    public async Task A_trigger_that_waits_for_the_commit_runs_under_the_scripts_settings()
    {
        await AppSchemaAsync();
        await ExecuteAsync("create function app.copy() returns trigger language plpgsql as 'begin insert into items_log values (new.id); return null; end'");
        await ExecuteAsync("create table app.items_log (id integer)");
        await ExecuteAsync("create constraint trigger copy after insert on app.items deferrable initially deferred for each row execute function app.copy()");
        Write("001_a.up.sql", "set search_path = app; insert into items values (1, 'one');");
        Write("001_a.down.sql", "delete from app.items where id = 1; delete from app.items_log where id = 1;");

        MigrationRun run = await RunAsync();

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal("1", await ScalarAsync("select count(*) from app.items_log"));
    }

    [Fact]
    public async Task Whenever_the_process_dies_the_rest_of_a_script_runs_under_its_settings()
    {
        await AppSchemaAsync();
        Write("001_a.up.sql", """
            set search_path = app;
            alter table items add column extra text;
            create index concurrently items_note on items (note);
            -- safedb:batch key=id size=20
            update public.orders set note = 'filled';
            insert into items values (2, 'two');
            """);
        Write("001_a.down.sql", "set search_path = app; delete from items where id = 2; drop index items_note; alter table items drop column extra; update public.orders set note = 'note ' || id;");

        await DieAtEveryPointAsync();
    }

    [Fact]
    public async Task A_session_that_maintenance_admitted_goes_on_writing_after_a_script()
    {
        await ExecuteAsync($"alter database {_name} set default_transaction_read_only = on");
        await using IDatabaseSession session = await new PostgreSqlProvider().OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        await session.ExecuteAsync("set default_transaction_read_only = off", TestContext.Current.CancellationToken);
        await session.ExecuteAsync("set search_path = ''", TestContext.Current.CancellationToken);

        await Engine.Execution.ResetSettingsAsync(session);

        await session.ExecuteAsync("insert into customers (id, name) values (51, 'new')", TestContext.Current.CancellationToken);
        Assert.Equal("51", await ScalarAsync("select count(*) from customers"));
    }

    private async Task AppSchemaAsync()
    {
        await cluster.ExecuteOnServerAsync("DO $$ BEGIN CREATE ROLE safedb_app; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
        await ExecuteAsync("create schema app");
        await ExecuteAsync("create table app.items (id integer primary key, note text)");
        await ExecuteAsync("grant all on schema app to safedb_app");
        await ExecuteAsync("alter table app.items owner to safedb_app");
    }
}
