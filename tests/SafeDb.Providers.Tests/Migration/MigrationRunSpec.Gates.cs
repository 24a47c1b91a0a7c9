using SafeDb.Configuration;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>What stops a run before production is touched.</summary>
public abstract partial class MigrationRunSpec
{
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
    public async Task Rows_that_were_written_after_the_rehearsal_are_told()
    {
        Write("001_a.up.sql", "alter table orders add column extra integer;\nupdate orders set extra = 1;");
        Write("001_a.down.sql", "alter table orders drop column extra;");
        async Task<bool> WriteMeanwhileAsync(MigrationPlan plan, RehearsalReport? rehearsal, CancellationToken token)
        {
            await ExecuteAsync("insert into orders (id, customer_id) values (1001, 1)");
            return true;
        }

        MigrationRun run = await Service().RunAsync(Command(), null, WriteMeanwhileAsync, TestContext.Current.CancellationToken);

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Contains("001, line 2 (update orders set extra = 1): 51 rows, 50 in the rehearsal", Assert.Single(run.Warnings), StringComparison.Ordinal);
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

        Assert.Equal("The schema was changed outside migrations since 005 was applied.", (await RunAsync()).Error!.Message);
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync(allow: "schema-drift")).Outcome);
    }
}
