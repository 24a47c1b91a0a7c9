using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>What Flyway publishes of its history table, row by row: SafeDb must write the same, and understand what Flyway wrote.</summary>
public abstract class FlywayRowsSpec : SharedDatabaseSpec
{
    /// <summary>A file and the checksum that Flyway gives it.</summary>
    private const string Person = "CREATE TABLE person (\n    id INT NOT NULL,\n    name VARCHAR(100)\n);\n";
    private const int PersonChecksum = 1452784354;

    [Fact]
    public async Task The_table_has_Flyways_columns()
    {
        Write("V1__Create_person_table.sql", Person);
        await RunAsync();

        Assert.Equal(Columns, await Database.ListAsync(Database.IsSqlite
            ? "select name || ' ' || type || case \"notnull\" when 1 then ' NOT NULL' else '' end from pragma_table_info('flyway_schema_history') order by cid"
            : """
              select column_name || ' ' || data_type || coalesce('(' || character_maximum_length || ')', '') || case is_nullable when 'NO' then ' NOT NULL' else '' end
              from information_schema.columns where table_name = 'flyway_schema_history' order by ordinal_position
              """));
        Assert.Equal(Indexes, await Database.ListAsync(Database.IsSqlite
            ? "select sql from sqlite_master where type = 'index' and tbl_name = 'flyway_schema_history' and sql is not null"
            : "select indexdef from pg_indexes where tablename = 'flyway_schema_history' order by indexname"));
    }

    [Fact]
    public async Task Every_run_is_a_row_as_Flyway_writes_it()
    {
        Write("V1__Create_person_table.sql", Person);
        Write("sub/V1_2__more__of_it.sql", "create table more (id integer);");
        Write("sub/U1_2__more__of_it.sql", "drop table more;");
        Write("R__People_view.sql", "create table if not exists seen (id integer);");
        MigrationRun first = await RunAsync();
        Assert.True(first.Outcome == MigrationOutcome.Applied, first.Error?.Message);
        Write("R__People_view.sql", "create table if not exists seen (id integer, name text);");
        MigrationRun again = await RunAsync();
        Assert.Equal(["R__People view"], again.Migrations.Select(step => step.Id));
        Assert.Equal(MigrationOutcome.NothingToDo, (await RunAsync()).Outcome);
        MigrationRun undone = await new UndoService(Database.Context, null, new HttpClient()).UndoAsync(
            Command("data-loss"), new UndoTarget(null, "1"), (_, _, _) => Task.FromResult(true), TestContext.Current.CancellationToken);
        Assert.True(undone.Outcome == MigrationOutcome.Undone, undone.Error?.Message);

        Assert.Equal(
            [
                $"1|1|Create person table|SQL|V1__Create_person_table.sql|{PersonChecksum}|{True}",
                $"2|1.2|more  of it|SQL|sub/V1_2__more__of_it.sql|{Crc("create table more (id integer);")}|{True}",
                $"3|null|People view|SQL|R__People_view.sql|{Crc("create table if not exists seen (id integer);")}|{True}",
                $"4|null|People view|SQL|R__People_view.sql|{Crc("create table if not exists seen (id integer, name text);")}|{True}",
                $"5|1.2|more  of it|UNDO_SQL|sub/U1_2__more__of_it.sql|{Crc("drop table more;")}|{True}",
            ],
            await RowsAsync());
        Assert.Equal(["5"], await Database.ListAsync("select count(*) from flyway_schema_history where execution_time between 0 and 60000 and installed_by = " + User));
        Assert.Equal(["5"], await Database.ListAsync("select count(*) from flyway_schema_history where " + JustNow));
    }

    [Theory]
    [InlineData("\n", "", MigrationState.Applied)]
    [InlineData("\r\n", "", MigrationState.Applied)]
    [InlineData("\r", "", MigrationState.Applied)]
    [InlineData("\n", "\uFEFF", MigrationState.Applied)]
    [InlineData("\r\n", "\uFEFF", MigrationState.Applied)]
    [InlineData("\n ", "", MigrationState.Edited)]
    public async Task A_row_of_Flyway_fits_its_file_with_any_line_ends_and_mark_and_no_other(string end, string mark, MigrationState state)
    {
        await FlywayAsync($"(1, '1', 'Create person table', 'SQL', 'V1__Create_person_table.sql', {PersonChecksum}, 'app', '2024-05-06 07:08:09.123', 12, {True})");
        await Database.ExecuteAsync(Person);
        Write("V1__Create_person_table.sql", mark + Person.Replace("\n", end, StringComparison.Ordinal));

        Assert.Equal(state, (await StatusAsync()).Single().State);
        MigrationRun run = await RunAsync();
        Assert.Equal(state == MigrationState.Applied ? null : "Migration.Edited", run.Error?.Id);
        Assert.Single(await RowsAsync());
    }

    [Fact]
    public async Task A_baseline_is_Flyways_row_and_Flyways_row_is_a_baseline()
    {
        Write("V1__Create_person_table.sql", Person);
        Write("V2__b.sql", "create table b (id integer);");
        await Database.ExecuteAsync(Person);
        MigrationRun run = await BaselineAsync("1");
        Assert.True(run.Outcome == MigrationOutcome.Baselined, run.Error?.Message);

        string row = $"1|1|<< Flyway Baseline >>|BASELINE|<< Flyway Baseline >>|null|{True}";
        Assert.Equal([row], await RowsAsync());
        Assert.Equal(["0"], await Database.ListAsync("select execution_time from flyway_schema_history"));

        await Database.ExecuteAsync("drop table flyway_schema_history");
        await FlywayAsync($"(1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', null, 'app', '2024-05-06 07:08:09.123', 0, {True})");
        Assert.Equal([MigrationState.Applied, MigrationState.Pending], (await StatusAsync()).Select(item => item.State));
        Assert.Equal(["2"], (await RunAsync()).Migrations.Select(step => step.Id));
        Assert.Equal([row, $"2|2|b|SQL|V2__b.sql|{Crc("create table b (id integer);")}|{True}"], await RowsAsync());
    }

    [Fact]
    public async Task A_failed_row_of_Flyway_is_refused_until_it_is_proved_that_nothing_is_left()
    {
        const string Sql = "create table b (id integer);";
        Write("V1__Create_person_table.sql", Person);
        Write("V2__b.sql", Sql);
        await Database.ExecuteAsync(Person);
        await FlywayAsync(
            $"(1, '1', 'Create person table', 'SQL', 'V1__Create_person_table.sql', {PersonChecksum}, 'app', '2024-05-06 07:08:09.123', 12, {True})",
            $"(2, '2', 'b', 'SQL', 'V2__b.sql', {Crc(Sql)}, 'app', '2024-05-06 07:08:10.123', 12, {False})");
        Assert.Equal([MigrationState.Applied, MigrationState.Failed], (await StatusAsync()).Select(item => item.State));

        await Database.ExecuteAsync(Sql);
        Assert.Equal("Migration.FailedBefore", (await RunAsync()).Error!.Id);
        await Database.ExecuteAsync("drop table b");
        MigrationRun run = await RunAsync();

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal(
            [$"1|1|Create person table|SQL|V1__Create_person_table.sql|{PersonChecksum}|{True}", $"2|2|b|SQL|V2__b.sql|{Crc(Sql)}|{True}"],
            await RowsAsync());
    }

    [Fact]
    public async Task Rows_of_an_undo_a_schema_and_a_deletion_are_understood()
    {
        Write("V1__Create_person_table.sql", Person);
        Write("V2__b.sql", "create table b (id integer);");
        await Database.ExecuteAsync(Person);
        await FlywayAsync(
            $"(0, null, '<< Flyway Schema Creation >>', 'SCHEMA', '\"public\"', null, 'app', '2024-05-06 07:08:08.123', 0, {True})",
            $"(1, '1', 'Create person table', 'SQL', 'V1__Create_person_table.sql', {PersonChecksum}, 'app', '2024-05-06 07:08:09.123', 12, {True})",
            $"(2, '2', 'b', 'SQL', 'V2__b.sql', {Crc("create table b (id integer);")}, 'app', '2024-05-06 07:08:10.123', 3, {True})",
            $"(3, '2', 'b', 'UNDO_SQL', 'U2__b.sql', 4711, 'app', '2024-05-06 07:08:11.123', 3, {True})",
            $"(4, '3', 'gone', 'SQL', 'V3__gone.sql', 815, 'app', '2024-05-06 07:08:12.123', 3, {True})",
            $"(5, '3', 'gone', 'DELETE', 'V3__gone.sql', 815, 'app', '2024-05-06 07:08:13.123', 0, {True})");

        Assert.Equal([("1", MigrationState.Applied), ("2", MigrationState.Pending)], (await StatusAsync()).Select(item => (item.Id, item.State)));
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        Assert.Equal($"6|2|b|SQL|V2__b.sql|{Crc("create table b (id integer);")}|{True}", (await RowsAsync())[^1]);
    }

    protected abstract IReadOnlyList<string> Columns { get; }

    protected abstract IReadOnlyList<string> Indexes { get; }

    protected string True => Database.IsSqlite ? "1" : "true";

    private string False => Database.IsSqlite ? "0" : "false";

    private string User => Database.IsSqlite ? "''" : "current_user";

    private string JustNow => Database.IsSqlite
        ? "julianday('now') - julianday(installed_on) between 0 and 0.01 and installed_on like '____-__-__ __:__:__.___'"
        : "now() - installed_on::timestamptz between interval '0' and interval '10 minutes'";

    protected void Write(string file, string text)
    {
        string path = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    protected Task<IReadOnlyList<string>> RowsAsync() => Database.ListAsync(
        """
        select installed_rank || '|' || coalesce(version, 'null') || '|' || description || '|' || type || '|' || script || '|' || coalesce(cast(checksum as varchar(20)), 'null') || '|' || cast(success as varchar(5))
        from flyway_schema_history order by installed_rank
        """);

    /// <summary>What Flyway would have left: its table, as it creates it, with these rows.</summary>
    private async Task FlywayAsync(params string[] rows)
    {
        foreach (string statement in Database.Context.Engine.History.CreateStatements("flyway")!)
        {
            await Database.ExecuteAsync(statement);
        }

        await Database.ExecuteAsync($"insert into flyway_schema_history values {string.Join(", ", rows)}");
    }

    /// <summary>The CRC-32 of one line, as zip programs know it.</summary>
    private static int Crc(string line)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in System.Text.Encoding.UTF8.GetBytes(line))
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return unchecked((int)~crc);
    }
}

public sealed class FlywaySqliteRowsTests : FlywayRowsSpec
{
    protected override IReadOnlyList<string> Columns =>
    [
        "installed_rank INT NOT NULL", "version VARCHAR(50)", "description VARCHAR(200) NOT NULL", "type VARCHAR(20) NOT NULL", "script VARCHAR(1000) NOT NULL", "checksum INT",
        "installed_by VARCHAR(100) NOT NULL", "installed_on TEXT NOT NULL", "execution_time INT NOT NULL", "success BOOLEAN NOT NULL",
    ];

    protected override IReadOnlyList<string> Indexes => ["CREATE INDEX \"flyway_schema_history_s_idx\" ON \"flyway_schema_history\" (\"success\")"];

    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnSqliteAsync();
}

public sealed class FlywayRowsTests(PostgresCluster cluster) : FlywayRowsSpec
{
    /// <summary>Flyway's number for <c>"public"."flyway_schema_history"</c>.</summary>
    private const long Lock = 77433833903597;

    [Fact]
    public Task Flyways_lock_is_heeded_and_held() => AdvisoryLock.IsHeededAndHeldAsync(Database, Lock, sql => Write("V1__a.sql", sql), () => RunAsync());

    protected override IReadOnlyList<string> Columns =>
    [
        "installed_rank integer NOT NULL", "version character varying(50)", "description character varying(200) NOT NULL", "type character varying(20) NOT NULL",
        "script character varying(1000) NOT NULL", "checksum integer", "installed_by character varying(100) NOT NULL", "installed_on timestamp without time zone NOT NULL",
        "execution_time integer NOT NULL", "success boolean NOT NULL",
    ];

    protected override IReadOnlyList<string> Indexes =>
    [
        "CREATE UNIQUE INDEX flyway_schema_history_pk ON public.flyway_schema_history USING btree (installed_rank)",
        "CREATE INDEX flyway_schema_history_s_idx ON public.flyway_schema_history USING btree (success)",
    ];

    protected override Task<PeerDatabase> CreateAsync() => PeerDatabase.OnPostgreSqlAsync(cluster);
}
