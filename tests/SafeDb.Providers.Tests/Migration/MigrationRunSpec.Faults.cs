using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>Runs that meet others, fail, or die.</summary>
public abstract partial class MigrationRunSpec
{
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
        Assert.Matches("(?s)no_such_table.*[^.]\\. The database is as it was before the run", run.Error.Message);
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
        string place = $"-Database {AdvisedCommand.Quoted(Command().Database.Display)} -Path {AdvisedCommand.Quoted(Command().Folder)}";
        Assert.Contains($"Undo-SafeMigration {place}", next.Error.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains($"Invoke-SafeMigration {place} -Resume", refused.Error!.RecommendedAction, StringComparison.Ordinal);

        MigrationRun undone = await UndoAsync(policy => policy with { WaysBack = [WayBack.DownScript, WayBack.Restore] });
        Assert.Equal(MigrationOutcome.Undone, undone.Outcome);
        Assert.Equal("restore", undone.WayBack!.Way);
        Assert.Contains(undone.Events, line => line.Step == "plan" && line.Message == "The interrupted run is to be taken back. To be taken back as far as they were begun: 005, 004, 003, 002, 001.");
        Assert.Equal(before, await FingerprintAsync());
        Assert.False(await JournalExistsAsync());
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
    public async Task A_half_applied_migration_is_taken_back_although_its_down_script_drops_what_was_never_made()
    {
        Five();
        Write("003_c.up.sql", "create table c (id integer primary key);\n-- safedb:batch key=id size=20\nupdate orders set note = 'filled';\ncreate table c2 (id integer primary key); insert into no_such_table values (1);");
        Write("003_c.down.sql", "update orders set note = 'note ' || id; drop table c2; drop table c;");
        string before = await StateAsync();

        MigrationRun run = await Service(net: null).RunAsync(Command(allow: "no-backup"), null, Yes, TestContext.Current.CancellationToken);

        Assert.True(run.Outcome == MigrationOutcome.RolledBack, run.Error?.Message);
        Assert.Equal("down script", run.WayBack!.Way);
        Assert.Equal(before, await StateAsync());
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task A_run_that_died_after_its_last_migration_is_finished()
    {
        Five();
        Provider.Restart();
        await Service(net: null).RunAsync(Command(allow: "no-backup"), null, Yes, TestContext.Current.CancellationToken);
        string @new = await StateAsync();
        int point = Provider.Calls;
        PlanningResult status;
        do
        {
            await UndoAsync(policy => policy with { AllowReset = true }, to: "0");
            Provider.Restart();
            Provider.DieAt = --point;
            await Assert.ThrowsAsync<ProcessDiedException>(() => Service(net: null).RunAsync(Command(allow: "no-backup"), null, Yes, TestContext.Current.CancellationToken));
            Provider.Restart();
            status = await Service().PlanAsync(Command(), TestContext.Current.CancellationToken);
        }
        while (status.Interrupted is null);

        Assert.Empty(status.Pending);
        GateResult gate = Assert.Single((await Service().PlanResumeAsync(Command(), TestContext.Current.CancellationToken)).Gates);
        Assert.Equal((GateAnswer.Open, $"the run {status.Interrupted.RunId} is finished by this call; left of it: nothing but its end"), (gate.Answer, gate.Message));
        MigrationRun run = await Service().ResumeAsync(Command(), Yes, TestContext.Current.CancellationToken);
        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal(@new, await StateAsync());
        Assert.False(await JournalExistsAsync());
        SafeDbException over = await Assert.ThrowsAsync<SafeDbException>(() => Service().PlanResumeAsync(Command(), TestContext.Current.CancellationToken));
        Assert.Equal("Migration.NothingInterrupted", over.Id);
    }

    [Fact]
    public async Task Whenever_the_process_dies_the_next_call_tells_the_truth_and_finishes_or_reverts()
    {
        Five();
        Write("004_d.up.sql", "create table d (id integer primary key);\n-- safedb:batch key=id size=20\nupdate orders set note = 'filled';\ninsert into d (id) values (1);");
        Write("004_d.down.sql", "drop table d; update orders set note = 'note ' || id;");
        await DieAtEveryPointAsync();
    }

    /// <summary>Runs what is pending, dying at one call after the other; each time the next call must end in the old or the new state.</summary>
    protected async Task DieAtEveryPointAsync()
    {
        string old = await StateAsync();
        Provider.Restart();
        Assert.Equal(MigrationOutcome.Applied, (await Service(net: null).RunAsync(Command(allow: "no-backup"), null, Yes, TestContext.Current.CancellationToken)).Outcome);
        int calls = Provider.Calls;
        string @new = await StateAsync();
        Assert.Equal(MigrationOutcome.Undone, (await UndoAsync(policy => policy with { AllowReset = true }, to: "0")).Outcome);
        Assert.Equal(old, await StateAsync());
        for (int point = 1; point <= calls; point += LongTests.Enabled ? 1 : Math.Max(1, calls / Sample))
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
            bool finish = point % 2 == 0 && status.Interrupted.CanResume;
            MigrationRun settled = finish
                ? await Service().ResumeAsync(Command(), Yes, TestContext.Current.CancellationToken)
                : await UndoAsync();
            Assert.True(settled.Succeeded, $"point {point}: {settled.Error?.Message}");
            Assert.Equal(finish ? @new : old, await StateAsync());
        }

        Assert.True(died || status.Interrupted is null);
        Assert.False(await JournalExistsAsync());
        if (await StateAsync() == @new)
        {
            Assert.Equal(MigrationOutcome.Undone, (await UndoAsync(policy => policy with { AllowReset = true }, to: "0")).Outcome);
        }
    }
}
