using SafeDb.Configuration;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

public abstract partial class MigrationRunSpec
{
    [Fact]
    public async Task An_undo_that_loses_rows_is_stopped_with_the_numbers_before_the_database_is_touched()
    {
        Write("000_z.up.sql", "create table z (id integer primary key);");
        Write("000_z.down.sql", "drop table z;");
        Write("001_a.up.sql", "create table visits (id integer primary key, who text); insert into visits (id, who) values (1, 'seed');");
        Write("001_a.down.sql", "drop table visits;");
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        Assert.Equal(MigrationOutcome.Undone, (await UndoAsync()).Outcome);
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
        await ExecuteAsync("insert into visits (id, who) values (2, 'someone'), (3, 'someone else')");

        MigrationRun stopped = await UndoAsync();

        Assert.Equal((MigrationOutcome.Stopped, "Migration.DataLoss"), (stopped.Outcome, stopped.Error!.Id));
        Assert.Contains("2 of 3 rows are gone", stopped.Error.Message, StringComparison.Ordinal);
        Assert.Equal("3", await ScalarAsync("select count(*) from visits"));
        Assert.False(await JournalExistsAsync());

        MigrationRun meant = await UndoAsync(allow: "data-loss");
        Assert.True(meant.Outcome == MigrationOutcome.Undone, meant.Error?.Message);
        Assert.NotNull(meant.Backup);
        Assert.True(meant.Gates.Single(gate => gate.Id == "data-loss").Allowed);
    }

    [Fact]
    public async Task Without_a_backup_an_undo_is_stopped_and_without_a_rehearsal_a_loss_counts_as_possible()
    {
        Five();
        await RunAsync();
        var bare = new UndoService(Context, null, new HttpClient());

        MigrationRun noBackup = await bare.UndoAsync(Command(), new UndoTarget(1), Yes, TestContext.Current.CancellationToken);
        MigrationRun unmeasured = await bare.UndoAsync(Command(allow: "no-backup"), new UndoTarget(1), Yes, TestContext.Current.CancellationToken);
        MigrationRun meant = await bare.UndoAsync(Command() with { AllowHazards = ["no-backup", "data-loss"] }, new UndoTarget(1), Yes, TestContext.Current.CancellationToken);

        Assert.Equal("Migration.NoBackup", noBackup.Error!.Id);
        if (Context.Dialect is SemicolonDialect)
        {
            // This dialect finds nothing: what a real one finds is tested through the command line.
            Assert.Equal(MigrationOutcome.Undone, unmeasured.Outcome);
        }

        Assert.Equal(MigrationOutcome.Undone, meant.Outcome);
    }

    [Fact]
    public async Task An_undo_that_fails_half_way_is_brought_back_by_applying_again()
    {
        Five();
        await RunAsync();
        string before = await StateAsync();

        // The third down script is broken only on the database, after the rehearsal: a table of a name that is not the schema's refers to the one that it drops.
        MigrationRun run = await Undo().UndoAsync(Command(), new UndoTarget(3), BreakAsync, TestContext.Current.CancellationToken);
        async Task<bool> BreakAsync(MigrationPlan plan, RehearsalReport? rehearsal, CancellationToken cancellationToken)
        {
            await ExecuteAsync("insert into c (id) values (1)");
            await ExecuteAsync("create table safedb_kept_hold (id integer references c (id))");
            await ExecuteAsync("insert into safedb_kept_hold (id) values (1)");
            return true;
        }

        Assert.True(run.Outcome == MigrationOutcome.RolledBack, $"{run.Outcome} {run.Error?.Message}");
        Assert.Equal("up script", run.WayBack!.Way);
        Assert.False(await JournalExistsAsync());
        await ExecuteAsync("drop table safedb_kept_hold");
        Assert.Equal(before, await StateAsync());
        Assert.Equal("5", await ScalarAsync("select count(*) from safedb_migrations where state = 'applied'"));
    }

    [Fact]
    public async Task Taking_back_the_only_migration_is_a_reset_like_taking_back_all_of_several()
    {
        Write("001_a.up.sql", "create table a (id integer primary key);");
        Write("001_a.down.sql", "drop table a;");
        await RunAsync();

        Assert.Equal("Migration.ResetRefused", (await UndoAsync()).Error!.Id);
        Assert.Equal(MigrationOutcome.Undone, (await UndoAsync(policy => policy with { AllowReset = true })).Outcome);
    }

    [Fact]
    public async Task A_dry_run_shows_every_gate_and_says_which_cannot_be_judged_yet()
    {
        Five();

        MigrationPlan with = (await Service().PlanAsync(Command(), TestContext.Current.CancellationToken)).Plan;
        MigrationPlan without = (await Service(net: null).PlanAsync(Command(), TestContext.Current.CancellationToken)).Plan;

        Assert.Null(with.Refusal());
        Assert.Equal(
            [("no-backup", GateAnswer.NotJudged), ("rehearsal", GateAnswer.NotJudged), ("data-loss", GateAnswer.NotJudged), ("down-differs", GateAnswer.NotJudged)],
            with.Gates.TakeLast(4).Select(gate => (gate.Id, gate.Answer)));
        Assert.Equal("Migration.NoBackup", without.Refusal()!.Id);
    }

    [Fact]
    public async Task After_a_failed_rehearsal_the_other_gates_are_not_judged()
    {
        Write("001_a.up.sql", "insert into no_such_table values (1);");
        Write("001_a.down.sql", "select 1;");

        MigrationRun run = await RunAsync();

        Assert.Equal("Migration.RehearsalFailed", run.Error!.Id);
        Assert.Equal(GateAnswer.Closed, run.Gates.Single(gate => gate.Id == "rehearsal").Answer);
        Assert.Equal(GateAnswer.NotJudged, run.Gates.Single(gate => gate.Id == "data-loss").Answer);
        Assert.Equal(GateAnswer.NotJudged, run.Gates.Single(gate => gate.Id == "down-differs").Answer);
    }

    [Fact]
    public async Task An_update_that_makes_many_values_one_is_a_loss_and_one_that_keeps_them_apart_is_not()
    {
        Write("001_a.up.sql", "update customers set name = upper(name);");
        Write("001_a.down.sql", "update customers set name = lower(name);");
        MigrationRun apart = await RunAsync();
        Assert.True(apart.Outcome == MigrationOutcome.Applied, apart.Error?.Message);

        Write("002_b.up.sql", "update orders set note = 'archived' where id <= 20;");
        Write("002_b.down.sql", "update orders set note = 'note ' || id where id <= 20;");
        MigrationRun overwritten = await RunAsync();

        Assert.Equal("Migration.DataLoss", overwritten.Error!.Id);
        Assert.Contains("20 values of note were lost", overwritten.Error.Message, StringComparison.Ordinal);
        Assert.Equal("50", await ScalarAsync("select count(distinct note) from orders"));
    }
}
