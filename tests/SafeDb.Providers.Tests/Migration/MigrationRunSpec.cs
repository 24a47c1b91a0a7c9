using System.Text;

using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Migration;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>What every engine's migration parts must do, on a real database.</summary>
public abstract partial class MigrationRunSpec : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-run-").FullName;

    protected AdoProvider Provider { get; private set; } = null!;

    protected DatabaseAddress Database { get; private set; } = null!;

    protected MigrationContext Context { get; private set; } = null!;

    protected string Folder => _folder;

    public async ValueTask InitializeAsync()
    {
        (Provider, Database) = await CreateAsync();
        Context = new MigrationContext(Provider, new SemicolonDialect(Database.Engine), Engine, TimeProvider.System);
        await ExecuteAsync("create table customers (id integer primary key, name varchar(100) not null)");
        await ExecuteAsync("create table orders (id integer primary key, customer_id integer not null references customers (id) on delete cascade, amount numeric(10,4), note text)");
        for (int i = 1; i <= 50; i++)
        {
            await ExecuteAsync($"insert into customers (id, name) values ({i}, 'customer {i}')");
            await ExecuteAsync($"insert into orders (id, customer_id, amount, note) values ({i}, {i}, {i}.1234, 'note {i}')");
        }
    }

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected abstract IMigrationEngine Engine { get; }

    /// <summary>About how many points of the fault matrix a default run takes.</summary>
    protected virtual int Sample => 20;

    protected abstract Task<(AdoProvider Provider, DatabaseAddress Database)> CreateAsync();

    /// <summary>A copy of the database as a drill would restore it.</summary>
    protected abstract Task<DatabaseAddress> CopyAsync();

    /// <summary>The same place with the copy's content, as a restore by swap would leave it.</summary>
    protected abstract Task ReplaceAsync(DatabaseAddress copy);

    [Fact]
    public async Task Pending_migrations_are_applied_and_recorded_once()
    {
        Five();

        MigrationRun first = await RunAsync();
        MigrationRun second = await RunAsync();

        Assert.True(first.Outcome == MigrationOutcome.Applied, first.Error?.Message);
        Assert.Equal(["001", "002", "003", "004", "005"], first.Migrations.Select(step => step.Id));
        Assert.Equal(50, first.Migrations[1].Statements[^1].RowsAffected);
        Assert.Equal(MigrationOutcome.NothingToDo, second.Outcome);
        Assert.Equal("5", await ScalarAsync("select count(*) from safedb_migrations where state = 'applied'"));
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task A_failure_in_the_third_of_five_takes_the_first_two_back()
    {
        Five();
        Write("003_c.up.sql", "create table c (id integer primary key); insert into no_such_table values (1);");
        string before = await FingerprintAsync();

        Assert.Equal("Migration.RehearsalFailed", (await RunAsync()).Error!.Id);
        MigrationRun run = await RunAsync(rehearse: false);

        Assert.Equal(MigrationOutcome.RolledBack, run.Outcome);
        Assert.Equal("Migration.RolledBack", run.Error!.Id);
        Assert.Equal("Migration.StatementFailed", run.Error.Target);
        Assert.Equal("down script", run.WayBack!.Way);
        Assert.Equal(before, await FingerprintAsync());
        Assert.False(await JournalExistsAsync());
        Assert.Equal("0", await ScalarAsync("select count(*) from safedb_migrations where state = 'applied'"));
    }

    [Fact]
    public async Task When_a_down_script_fails_the_backup_takes_the_place_if_the_policy_accepts_that()
    {
        Five();
        Write("002_b.down.sql", "drop table no_such_table;");
        Write("003_c.up.sql", "insert into no_such_table values (1);");
        string before = await FingerprintAsync();

        MigrationRun refused = await RunAsync(policy => policy with { WaysBack = [WayBack.DownScript] }, allow: "down-differs", rehearse: false);

        Assert.Equal(MigrationOutcome.NeedsPerson, refused.Outcome);
        Assert.True(await JournalExistsAsync());
        MigrationRun next = await RunAsync(rehearse: false);
        Assert.Equal("Migration.Interrupted", next.Error!.Id);

        MigrationRun undone = await UndoAsync(policy => policy with { WaysBack = [WayBack.DownScript, WayBack.Restore] });
        Assert.Equal(MigrationOutcome.Undone, undone.Outcome);
        Assert.Equal("restore", undone.WayBack!.Way);
        Assert.Equal(before, await FingerprintAsync());
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task An_edited_file_stops_the_run_and_other_line_ends_do_not()
    {
        Write("001_a.up.sql", "create table a (id integer primary key);\n");
        Write("001_a.down.sql", "drop table a;");
        await RunAsync();

        Write("001_a.up.sql", "create table a (id integer primary key);\r\n");
        Assert.Equal(MigrationOutcome.NothingToDo, (await RunAsync()).Outcome);
        Write("001_a.up.sql", "create table a (id bigint primary key);\n");
        MigrationRun edited = await RunAsync();

        Assert.Equal((MigrationOutcome.Stopped, "Migration.Edited"), (edited.Outcome, edited.Error!.Id));
        Assert.Equal(MigrationOutcome.NothingToDo, (await RunAsync(allow: "edited-migration")).Outcome);
    }

    [Fact]
    public async Task A_removed_file_and_a_late_one_stop_the_run()
    {
        Write("20240101_a.up.sql", "create table a (id integer primary key);");
        Write("20240101_a.down.sql", "drop table a;");
        Write("20240301_c.up.sql", "create table c (id integer primary key);");
        Write("20240301_c.down.sql", "drop table c;");
        await RunAsync();

        Write("20240201_b.up.sql", "create table b (id integer primary key);");
        Write("20240201_b.down.sql", "drop table b;");
        Assert.Equal("Migration.OutOfOrder", (await RunAsync()).Error!.Id);
        File.Delete(Path.Combine(_folder, "20240101_a.up.sql"));
        File.Delete(Path.Combine(_folder, "20240101_a.down.sql"));
        Assert.Equal("Migration.Missing", (await RunAsync()).Error!.Id);
    }

    [Fact]
    public async Task A_migration_without_a_way_back_is_stopped()
    {
        Write("001_a.up.sql", "create table a (id integer primary key);");

        Assert.Equal("Migration.NoWayBack", (await RunAsync()).Error!.Id);
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync(policy => policy with { WaysBack = [WayBack.Restore] })).Outcome);
    }

    [Fact]
    public async Task A_cascade_is_found_in_rehearsal_and_production_is_not_touched()
    {
        Write("001_a.up.sql", "delete from customers where id <= 10;");
        Write("001_a.down.sql", "insert into customers (id, name) values (1, 'customer 1');");

        MigrationRun run = await RunAsync();

        Assert.Equal((MigrationOutcome.Stopped, "Migration.DataLoss"), (run.Outcome, run.Error!.Id));
        TableDataChange orders = run.Rehearsal!.DataChanges.Single(change => change.Table.EndsWith("orders", StringComparison.Ordinal));
        Assert.Equal((50, 40, 10), (orders.RowsBefore, orders.RowsAfter, orders.RowsGone));
        Assert.Contains("10 of 50 rows are gone", run.Error.Message, StringComparison.Ordinal);
        Assert.Equal("50", await ScalarAsync("select count(*) from orders"));
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task A_dropped_column_counts_its_values_and_a_renamed_one_loses_none()
    {
        Write("001_rename.up.sql", "alter table orders rename column note to remark;");
        Write("001_rename.down.sql", "alter table orders rename column remark to note;");
        MigrationRun renamed = await RunAsync();
        Assert.True(renamed.Outcome == MigrationOutcome.Applied, renamed.Error?.Message);
        Assert.True(renamed.Rehearsal!.DownRestores);

        Write("002_drop.up.sql", "alter table orders drop column remark;");
        Write("002_drop.down.sql", "alter table orders add column remark text;");
        MigrationRun run = await RunAsync();

        Assert.Equal("Migration.DataLoss", run.Error!.Id);
        Assert.Contains("50 values went with column remark", run.Error.Message, StringComparison.Ordinal);
        Assert.False(run.Rehearsal!.DownRestores);
    }

    [Fact]
    public async Task Verify_scripts_and_invariants_hold_or_the_run_is_stopped_in_rehearsal()
    {
        Write("001_a.up.sql", "update orders set note = null where id = 7;");
        Write("001_a.down.sql", "update orders set note = 'note 7' where id = 7;");
        Write("001_a.verify.sql", "select id from orders where note is null;");

        MigrationRun run = await RunAsync(allow: "data-loss");

        Assert.Equal("Migration.RehearsalFailed", run.Error!.Id);
        Assert.Equal("50", await ScalarAsync("select count(note) from orders"));
    }

    [Fact]
    public async Task A_plan_runs_exactly_or_not_at_all()
    {
        Five();
        MigrationPlan plan = (await Service().PlanAsync(Command(), TestContext.Current.CancellationToken)).Plan;
        string file = Path.Combine(_folder, "plan.json");
        await File.WriteAllTextAsync(file, plan.ToJson(), TestContext.Current.CancellationToken);
        await ExecuteAsync("create table meanwhile (id integer)");

        MigrationRun stale = await Service().RunAsync(Command(), MigrationPlan.Load(file), Yes, TestContext.Current.CancellationToken);
        await ExecuteAsync("drop table meanwhile");
        MigrationRun run = await Service().RunAsync(Command(), MigrationPlan.Load(file), Yes, TestContext.Current.CancellationToken);

        Assert.Equal("Migration.PlanStale", stale.Error!.Id);
        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
    }

    [Fact]
    public async Task Drift_since_the_last_run_is_a_gate()
    {
        Five();
        await RunAsync();
        await ExecuteAsync("create table by_hand (id integer)");
        Write("006_f.up.sql", "create table f (id integer primary key);");
        Write("006_f.down.sql", "drop table f;");

        Assert.Equal("Migration.Drift", (await RunAsync()).Error!.Id);
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync(allow: "schema-drift")).Outcome);
    }

    [Fact]
    public async Task Undo_takes_back_as_many_as_asked_and_reset_needs_the_policy()
    {
        Five();
        string before = await FingerprintAsync();
        await RunAsync();

        MigrationRun two = await UndoAsync(steps: 2);
        Assert.Equal(["005", "004"], two.Migrations.Select(step => step.Id));
        Assert.Equal("Migration.ResetRefused", (await UndoAsync(to: "0")).Error!.Id);
        MigrationRun rest = await UndoAsync(policy => policy with { AllowReset = true }, to: "0");

        Assert.Equal(MigrationOutcome.Undone, rest.Outcome);
        Assert.Equal(before, await FingerprintAsync());
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
    }

    [Fact]
    public async Task Ten_runners_apply_once()
    {
        Five();

        MigrationRun[] runs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() =>
            Service(net: null).RunAsync(Command(allow: "no-backup") with { LockWait = TimeSpan.FromSeconds(30) }, null, Yes, TestContext.Current.CancellationToken))));

        Assert.Single(runs, run => run.Outcome == MigrationOutcome.Applied);
        Assert.All(runs, run => Assert.Contains(run.Outcome, new[] { MigrationOutcome.Applied, MigrationOutcome.NothingToDo, MigrationOutcome.Stopped }));
        Assert.Equal("5", await ScalarAsync("select count(*) from safedb_migrations"));
    }

    [Fact]
    public async Task Whenever_the_process_dies_the_next_call_tells_the_truth_and_finishes_or_reverts()
    {
        Five();
        Write("004_d.up.sql", "create table d (id integer primary key);\n-- safedb:batch key=id size=20\nupdate orders set note = 'filled';\ninsert into d (id) values (1);");
        Write("004_d.down.sql", "drop table d; update orders set note = 'note ' || id;");
        string old = await StateAsync();
        Provider.Restart();
        Assert.Equal(MigrationOutcome.Applied, (await Service(net: null).RunAsync(Command(allow: "no-backup"), null, Yes, TestContext.Current.CancellationToken)).Outcome);
        int calls = Provider.Calls;
        string @new = await StateAsync();
        Assert.Equal(MigrationOutcome.Undone, (await UndoAsync(policy => policy with { AllowReset = true }, to: "0")).Outcome);
        Assert.Equal(old, await StateAsync());
        bool all = Environment.GetEnvironmentVariable("SAFEDB_LONG_TESTS") == "1";
        for (int point = 1; point <= calls; point += all ? 1 : Math.Max(1, calls / Sample))
        {
            await DieAtAsync(point, old, @new);
        }
    }

    private async Task DieAtAsync(int point, string old, string @new)
    {
        Provider.Restart();
        Provider.DieAt = point;
        bool died = false;
        try
        {
            await Service(net: null).RunAsync(Command(allow: "no-backup"), null, Yes, TestContext.Current.CancellationToken);
        }
        catch (ProcessDiedException)
        {
            died = true;
        }

        Provider.Restart();
        PlanningResult status = await Service().PlanAsync(Command(), TestContext.Current.CancellationToken);
        string now = await StateAsync();
        Assert.True(status.Interrupted is not null || now == old || now == @new, $"point {point}: neither old nor new, and nobody says so");
        if (status.Interrupted is not null)
        {
            MigrationRun settled = point % 2 == 0
                ? await Service().ResumeAsync(Command(), Yes, TestContext.Current.CancellationToken)
                : await UndoAsync();
            Assert.True(settled.Succeeded, $"point {point}: {settled.Error?.Message}");
            Assert.Equal(point % 2 == 0 ? @new : old, await StateAsync());
        }

        Assert.True(died || status.Interrupted is null);
        Assert.False(await JournalExistsAsync());
        if (await StateAsync() == @new)
        {
            Assert.Equal(MigrationOutcome.Undone, (await UndoAsync(policy => policy with { AllowReset = true }, to: "0")).Outcome);
        }
    }

    [Theory]
    [InlineData("prisma")]
    [InlineData("flyway")]
    [InlineData("golang-migrate")]
    [InlineData("dbmate")]
    [InlineData("node-pg-migrate")]
    public async Task Each_tools_history_is_written_and_read_back(string format)
    {
        Assert.SkipWhen(Context.Histories.All(history => history.Format != format), $"{format} does not know {Database.Engine}.");
        (string, string)[] files = format switch
        {
            "prisma" => [("20240101000000_a/migration.sql", "create table a (id integer primary key);"), ("20240101000000_a/down.sql", "drop table a;"),
                ("20240102000000_b/migration.sql", "create table b (id integer primary key);"), ("20240102000000_b/down.sql", "drop table b;")],
            "flyway" => [("V1__a.sql", "create table a (id integer primary key);"), ("U1__a.sql", "drop table a;"), ("V2__b.sql", "create table b (id integer primary key);"), ("U2__b.sql", "drop table b;")],
            "golang-migrate" => [("1_a.up.sql", "create table a (id integer primary key);"), ("1_a.down.sql", "drop table a;"), ("2_b.up.sql", "create table b (id integer primary key);"), ("2_b.down.sql", "drop table b;")],
            "dbmate" => [("1_a.sql", "-- migrate:up\ncreate table a (id integer primary key);\n-- migrate:down\ndrop table a;"), ("2_b.sql", "-- migrate:up\ncreate table b (id integer primary key);\n-- migrate:down\ndrop table b;")],
            _ => [("1_a.sql", "-- Up Migration\ncreate table a (id integer primary key);\n-- Down Migration\ndrop table a;"), ("2_b.sql", "-- Up Migration\ncreate table b (id integer primary key);\n-- Down Migration\ndrop table b;")],
        };
        foreach ((string file, string text) in files)
        {
            Write(file, text);
        }

        MigrationRun up = await RunAsync(format: format);
        MigrationRun again = await RunAsync(format: format);
        MigrationRun down = await UndoAsync(format: format);
        PlanningResult after = await Service().PlanAsync(Command(format: format), TestContext.Current.CancellationToken);
        MigrationRun redo = await RunAsync(format: format);

        Assert.True(up.Outcome == MigrationOutcome.Applied, up.Error?.Message);
        Assert.Equal(MigrationOutcome.NothingToDo, again.Outcome);
        Assert.True(down.Outcome == MigrationOutcome.Undone, down.Error?.Message);
        Assert.Equal([MigrationState.Applied, MigrationState.Pending], after.Items.Select(item => item.State));
        Assert.True(redo.Outcome == MigrationOutcome.Applied, redo.Error?.Message);
        Assert.True(redo.Rehearsal!.DownRestores, string.Join("; ", redo.Rehearsal.DownDifferences));
    }

    [Fact]
    public async Task Evidence_is_written_as_it_goes_and_holds_no_literal()
    {
        Five();
        Write("005_e.up.sql", "create table e (id integer primary key, t text); insert into e (id, t) values (1, 'top-secret-value <script>');");
        string evidence = Path.Combine(_folder, "evidence");

        MigrationRun run = await Service().RunAsync(Command() with { EvidenceFolder = evidence, ApprovedBy = "someone <b>" }, null, Yes, TestContext.Current.CancellationToken);

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal([".jsonl", ".md", ".html"], run.Evidence.Select(Path.GetExtension));
        string all = string.Concat(run.Evidence.Select(File.ReadAllText));
        Assert.DoesNotContain("top-secret-value", all, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", all, StringComparison.Ordinal);
        string html = await File.ReadAllTextAsync(run.Evidence[2], TestContext.Current.CancellationToken);
        Assert.Contains("someone &lt;b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
    }

    protected void Five()
    {
        Write("001_a.up.sql", "create table a (id integer primary key);");
        Write("001_a.down.sql", "drop table a;");
        Write("002_b.up.sql", "alter table customers add column email text; update customers set email = 'x';");
        Write("002_b.down.sql", "alter table customers drop column email;");
        Write("003_c.up.sql", "create table c (id integer primary key); create index c_id on c (id);");
        Write("003_c.down.sql", "drop table c;");
        Write("004_d.up.sql", "create table d (id integer primary key);");
        Write("004_d.down.sql", "drop table d;");
        Write("005_e.up.sql", "create table e (id integer primary key);");
        Write("005_e.down.sql", "drop table e;");
    }

    protected void Write(string file, string text)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
    }

    protected MigrationService Service() => Service(new CopyingNet(this));

    protected MigrationService Service(ISafetyNet? net) => new(Context, net, new HttpClient());

    protected MigrationCommand Command(Func<Policy, Policy>? policy = null, string? allow = null, string? format = null, bool rehearse = true)
    {
        var lenient = new Policy { MaxRisk = RiskLevel.Dangerous, AllowMixedMigrations = true, RequireRehearsal = rehearse, LockTimeout = TimeSpan.FromMilliseconds(500), LockRetries = 3 };
        return new MigrationCommand(Database, _folder) { Policy = policy?.Invoke(lenient) ?? lenient, AllowHazards = allow is null ? [] : [allow], Format = format };
    }

    protected Task<MigrationRun> RunAsync(Func<Policy, Policy>? policy = null, string? allow = null, string? format = null, bool rehearse = true) =>
        Service().RunAsync(Command(policy, allow, format, rehearse), null, Yes, TestContext.Current.CancellationToken);

    protected Task<MigrationRun> UndoAsync(Func<Policy, Policy>? policy = null, int? steps = null, string? to = null, string? format = null, string? allow = null, bool rehearse = true) =>
        Undo().UndoAsync(Command(policy, allow, format, rehearse), new UndoTarget(steps, to), Yes, TestContext.Current.CancellationToken);

    protected UndoService Undo() => new(Context, new CopyingNet(this), new HttpClient());

    protected static Task<bool> Yes(MigrationPlan plan, RehearsalReport? rehearsal, CancellationToken cancellationToken) => Task.FromResult(true);

    protected async Task ExecuteAsync(string sql)
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        await session.ExecuteAsync(sql, TestContext.Current.CancellationToken);
    }

    protected async Task<string> ScalarAsync(string sql)
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        return Convert.ToString(await HistoryEngine.ScalarAsync(session, sql, TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    protected async Task<string> FingerprintAsync()
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        return await Context.FingerprintAsync(session, TestContext.Current.CancellationToken);
    }

    private async Task<string> StateAsync() => await FingerprintAsync() + await ScalarAsync("select count(*) || ',' || max(note) || ',' || min(note) from orders");

    private async Task<bool> JournalExistsAsync()
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        return await Context.Journal.ExistsAsync(session, TestContext.Current.CancellationToken);
    }

    /// <summary>A net made of plain copies.</summary>
    private sealed class CopyingNet(MigrationRunSpec spec) : ISafetyNet
    {
        private static readonly Dictionary<string, DatabaseAddress> Copies = [];

        public async Task<ProvenBackup> ObtainAsync(DatabaseAddress database, TimeSpan maxAge, Func<DatabaseAddress, CancellationToken, Task>? onCopy, CancellationToken cancellationToken)
        {
            DatabaseAddress kept = await spec.CopyAsync();
            lock (Copies)
            {
                Copies[kept.Display] = kept;
            }

            if (onCopy is not null)
            {
                await onCopy(await spec.CopyAsync(), cancellationToken);
            }

            return new ProvenBackup(kept.Display, TimeProvider.System.GetUtcNow(), null, 100);
        }

        public async Task<string> RestoreAsync(string backup, DatabaseAddress database, CancellationToken cancellationToken)
        {
            await spec.ReplaceAsync(Copies[backup]);
            return "aside";
        }
    }
}
