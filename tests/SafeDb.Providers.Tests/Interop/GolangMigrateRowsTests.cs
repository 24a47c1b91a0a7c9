using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>What golang-migrate publishes of its one row: SafeDb must write the same, and understand what golang-migrate wrote.</summary>
public abstract class GolangMigrateRowsSpec : SharedDatabaseSpec
{
    protected override string? Format => "golang-migrate";

    [Fact]
    public async Task There_is_one_row_with_the_newest_version_and_none_when_nothing_is_applied()
    {
        Write(3);
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        Assert.Equal(Columns, await Database.ListAsync(Database.IsSqlite
            ? "select sql from sqlite_master where tbl_name = 'schema_migrations' order by type desc"
            : """
              select column_name || ' ' || data_type || case is_nullable when 'NO' then ' not null' else '' end from information_schema.columns where table_name = 'schema_migrations' order by ordinal_position
              """));
        Assert.Equal(["3|clean"], await RowsAsync());
        foreach (string left in new[] { "2|clean", "1|clean" })
        {
            Assert.Equal(MigrationOutcome.Undone, (await UndoAsync()).Outcome);
            Assert.Equal([left], await RowsAsync());
        }

        Assert.Equal(MigrationOutcome.Undone, (await UndoAsync()).Outcome);
        Assert.Empty(await RowsAsync());
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        Assert.Equal(["3|clean"], await RowsAsync());
    }

    [Fact]
    public async Task Its_version_stands_for_all_earlier_files()
    {
        Write(3);
        await Database.ExecuteAsync("create table t1 (id integer primary key)");
        await Database.ExecuteAsync("create table t2 (id integer primary key)");
        await GolangAsync($"(2, {False})");

        Assert.Equal([MigrationState.Applied, MigrationState.Applied, MigrationState.Pending], (await StatusAsync()).Select(item => item.State));
        Assert.Equal(["3"], (await RunAsync()).Migrations.Select(step => step.Id));
        Assert.Equal(["3|clean"], await RowsAsync());
    }

    /// <summary>Version 2 half done, version 7 half done whose file is gone, and -1: the first of all half taken back. golang-migrate does nothing until a person says what is there.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(-1)]
    public async Task A_dirty_row_stops_everything_until_a_person_has_settled_it(int version)
    {
        Write(3);
        await Database.ExecuteAsync("create table t1 (id integer primary key)");
        await GolangAsync($"({version}, {True})");

        Assert.Equal(version.ToString(System.Globalization.CultureInfo.InvariantCulture), Assert.Single(await StatusAsync(), item => item.State == MigrationState.Failed).Id);
        MigrationRun refused = await RunAsync();
        Assert.Equal((MigrationOutcome.Stopped, "Migration.FailedBefore"), (refused.Outcome, refused.Error!.Id));
        Assert.Equal([$"{version}|dirty"], await RowsAsync());
        Assert.Equal("Migration.FailedBefore", (await UndoAsync()).Error!.Id);

        // What golang-migrate's "force 1" writes.
        await Database.ExecuteAsync("delete from schema_migrations");
        await Database.ExecuteAsync($"insert into schema_migrations (version, dirty) values (1, {False})");
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        Assert.Equal(["3|clean"], await RowsAsync());
    }

    [Fact]
    public async Task A_dirty_row_is_settled_by_a_persons_word_too()
    {
        Write(3);
        await Database.ExecuteAsync("create table t1 (id integer primary key)");
        await GolangAsync($"(2, {True})");

        MigrationRun run = await RunAsync("retry-failed-migration");

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal(["2", "3"], run.Migrations.Select(step => step.Id));
        Assert.Equal(["3|clean"], await RowsAsync());
    }

    [Fact]
    public async Task A_version_whose_file_is_gone_is_missing()
    {
        Write(3);
        await GolangAsync($"(7, {False})");

        Assert.Equal("7", Assert.Single(await StatusAsync(), item => item.State == MigrationState.Missing).Id);
        Write(8);
        Assert.Equal("Migration.Missing", (await RunAsync("out-of-order-migration")).Error!.Id);
        Assert.Equal(["7|clean"], await RowsAsync());
    }

    protected abstract IReadOnlyList<string> Columns { get; }

    private string True => Database.IsSqlite ? "1" : "true";

    private string False => Database.IsSqlite ? "0" : "false";

    protected Task<IReadOnlyList<string>> RowsAsync() => Database.ListAsync("select version || '|' || case when dirty then 'dirty' else 'clean' end from schema_migrations");

    protected void WriteFile(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    /// <summary>Files from 1 to the number, or the one above them.</summary>
    private void Write(int last)
    {
        for (int number = last > 3 ? last : 1; number <= last; number++)
        {
            WriteFile($"{number:000000}_t{number}.up.sql", $"create table t{number} (id integer primary key);");
            WriteFile($"{number:000000}_t{number}.down.sql", $"drop table t{number};");
        }
    }

    private async Task GolangAsync(string row)
    {
        foreach (string statement in Database.Context.Engine.History.CreateStatements("golang-migrate")!)
        {
            await Database.ExecuteAsync(statement);
        }

        await Database.ExecuteAsync($"insert into schema_migrations (version, dirty) values {row}");
    }
}

public sealed class GolangMigrateSqliteRowsTests : GolangMigrateRowsSpec
{
    protected override IReadOnlyList<string> Columns => ["CREATE TABLE schema_migrations (version uint64,dirty bool)", "CREATE UNIQUE INDEX version_unique ON schema_migrations (version)"];

    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnSqliteAsync();
}

public sealed class GolangMigrateRowsTests(PostgresCluster cluster) : GolangMigrateRowsSpec
{
    [Fact]
    public async Task The_row_is_dirty_while_more_than_one_transaction_runs()
    {
        WriteFile("1_a.up.sql", "create table seen (what text); create index concurrently seen_what on seen (what); insert into seen select version || '|' || dirty from schema_migrations;");
        WriteFile("1_a.down.sql", "drop table seen;");

        MigrationRun run = await RunAsync();

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal(["1|true"], await Database.ListAsync("select what from seen"));
        Assert.Equal(["1|clean"], await RowsAsync());
    }

    protected override IReadOnlyList<string> Columns => ["version bigint not null", "dirty boolean not null"];

    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnPostgreSqlAsync(cluster);
}

public sealed class GolangMigrateLockTests(PostgresCluster cluster) : SharedDatabaseSpec
{
    /// <summary>golang-migrate's number for <c>schema_migrations</c> in <c>public</c> of a database <c>app</c>.</summary>
    private const long Lock = 1787120056;

    protected override string? Format => "golang-migrate";

    [Fact]
    public Task Its_lock_is_heeded_and_held() => AdvisoryLock.IsHeededAndHeldAsync(Database, Lock, sql => File.WriteAllText(Path.Combine(Folder, "1_a.up.sql"), sql), () => RunAsync());

    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnPostgreSqlAsync(cluster, "app");
}
