using SafeDb.Configuration;
using SafeDb.Migration.Authoring;
using SafeDb.Migration.Authoring.Differences;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Providers.Tests.Interop;
using SafeDb.Providers.Tests.PostgreSql;
using SafeDb.Providers.Tests.Sqlite;
using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>Migrations written from the difference to a database, run on another one with rows, and compared by tools that SafeDb did not write.</summary>
public sealed class DifferenceAuthoringTests(PostgresCluster cluster) : IDisposable
{
    private const string PostgreSqlBase = """
        create table a (id int primary key, n text not null default 'x', check (length(n) < 10)); create index a_n on a (n);
        create view v as select id from a; create function f() returns int language sql as 'select 1'; create type mood as enum ('a', 'b');
        create table b (id serial primary key, a_id int references a (id));
        """;

    private const string SqliteBase = "create table a (id integer primary key, n text not null default 'x'); create table b (id integer primary key, a_id int references a(id), n int check (n > 0)); create index b_a on b(a_id); create view v as select id from b;";

    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-difference-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task On_PostgreSQL_it_leads_there_and_back()
    {
        await using PeerDatabase wanted = await PeerDatabase.OnPostgreSqlAsync(cluster);
        await using PeerDatabase other = await PeerDatabase.OnPostgreSqlAsync(cluster);
        await wanted.ExecuteAsync(PostgreSqlBase);
        await wanted.ExecuteAsync("""
            alter table a add column e text not null default 'q', alter column n type varchar(40), drop constraint a_n_check;
            create table c (id bigint generated always as identity primary key, b_id int not null references b (id) on delete cascade, g int generated always as (b_id + 1) stored, unique (b_id));
            drop view v; create view v as select id, e from a; create index c_b on c (b_id) where b_id > 3; drop index a_n;
            create or replace function f() returns int language sql as 'select 2'; create domain d as text check (value <> '');
            create trigger tr before update on a for each row execute function suppress_redundant_updates_trigger(); comment on table c is 'a table';
            """);
        Task<string> Dump(PeerDatabase database) => PgDump.SchemaOnlyAsync(database.Server!, "--no-owner", "-T", "safedb_*");
        await ThereAndBackAsync(wanted, other, PostgreSqlBase, "insert into a (id) select generate_series(1, 5); insert into b (a_id) select id from a", Dump);
    }

    [Fact]
    public async Task On_SQLite_it_leads_there_and_back()
    {
        await using PeerDatabase wanted = await PeerDatabase.OnSqliteAsync();
        await using PeerDatabase other = await PeerDatabase.OnSqliteAsync();
        Tool.Sqlite(wanted.File, SqliteBase + "alter table b add column note text not null default 'n' check (length(note) < 9); create table extra (id integer primary key, b_id int references b(id)); create index e_b on extra(b_id); drop view v; create view v as select id, note from b; drop index b_a;");
        Task<string> Dump(PeerDatabase database) => Task.FromResult(Tool.Sqlite(database.File, "select replace(lower(sql), ' ', '') from sqlite_master where name not like 'safedb%' and name not like 'sqlite_%' order by name;"));
        await ThereAndBackAsync(wanted, other, SqliteBase, "insert into a (id) values (1), (2)", Dump);
    }

    [Fact]
    public async Task What_it_cannot_write_is_said_in_the_file_and_in_the_result()
    {
        await using PeerDatabase wanted = await PeerDatabase.OnPostgreSqlAsync(cluster);
        await using PeerDatabase lite = await PeerDatabase.OnSqliteAsync();
        await wanted.ExecuteAsync(PostgreSqlBase + "drop type mood; create type mood as enum ('b', 'c'); create aggregate total (int) (sfunc = int4pl, stype = int, initcond = '0')");
        Tool.Sqlite(lite.File, SqliteBase.Replace("n int check (n > 0)", "n int check (n > 1)", StringComparison.Ordinal));

        await wanted.ExecuteAsync("create type size as enum ('s', 'm', 'l')");
        MigrationTexts texts = await WriteAsync(wanted, PostgreSqlBase + "create type size as enum ('s');");
        MigrationTexts rebuilt = await WriteAsync(lite, SqliteBase);

        Assert.Contains("up: type public.mood is still another", texts.LeftOut);
        Assert.Contains("-- LEFT OUT up: type public.mood is still another\n", texts.Up, StringComparison.Ordinal);
        Assert.Contains("CREATE AGGREGATE", texts.Up, StringComparison.Ordinal);
        Assert.Contains("ALTER TYPE public.size ADD VALUE 'm';\nALTER TYPE public.size ADD VALUE 'l';\n", texts.Up, StringComparison.Ordinal);
        Assert.DoesNotContain(texts.LeftOut, left => left.StartsWith("up: type public.size", StringComparison.Ordinal));
        Assert.Contains("down: type public.size is still another", texts.LeftOut);
        Assert.Contains("up: table b is still another", rebuilt.LeftOut);
    }

    [Fact]
    public async Task Without_a_difference_nothing_is_written()
    {
        await using PeerDatabase same = await PeerDatabase.OnSqliteAsync();
        Tool.Sqlite(same.File, SqliteBase);

        Errors.SafeDbException refused = await Assert.ThrowsAsync<Errors.SafeDbException>(() => WriteAsync(same, SqliteBase));

        Assert.Equal("Migration.NoDifference", refused.Id);
    }

    private async Task<MigrationTexts> WriteAsync(PeerDatabase wanted, string first)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "001_first.up.sql"), first, TestContext.Current.CancellationToken);
        return await new DifferenceAuthoring(wanted.Context).WriteAsync(new MigrationCommand(wanted.Address, _folder), TestContext.Current.CancellationToken);
    }

    private async Task ThereAndBackAsync(PeerDatabase wanted, PeerDatabase other, string first, string rows, Func<PeerDatabase, Task<string>> dump)
    {
        MigrationTexts texts = await WriteAsync(wanted, first);
        Assert.Empty(texts.LeftOut);
        var service = new MigrationService(other.Context, null, new HttpClient());
        MigrationCommand command = new(other.Address, _folder)
        {
            Policy = new Policy { MaxRisk = RiskLevel.Dangerous, AllowMixedMigrations = true, RequireRehearsal = false, AllowReset = true }, AllowHazards = ["no-backup", "way-back", "data-loss"],
        };
        MigrationRun start = await service.RunAsync(command, null, Yes, TestContext.Current.CancellationToken);
        Assert.True(start.Outcome == MigrationOutcome.Applied, start.Error?.Message);
        await other.ExecuteAsync(rows);
        string before = await dump(other);
        MigrationAuthoring.Write(new MigrationAuthoring(TimeProvider.System).Plan(_folder, null, "difference", texts));

        MigrationRun there = await service.RunAsync(command, null, Yes, TestContext.Current.CancellationToken);
        Assert.True(there.Outcome == MigrationOutcome.Applied, there.Error?.Message);
        Assert.Equal(await dump(wanted), await dump(other));

        MigrationRun back = await new UndoService(other.Context, null, new HttpClient()).UndoAsync(command, new UndoTarget(1), Yes, TestContext.Current.CancellationToken);
        Assert.True(back.Outcome == MigrationOutcome.Undone, back.Error?.Message);
        Assert.Equal(before, await dump(other));
    }

    private static Task<bool> Yes(MigrationPlan plan, RehearsalReport? rehearsal, CancellationToken cancellationToken) => Task.FromResult(true);
}
