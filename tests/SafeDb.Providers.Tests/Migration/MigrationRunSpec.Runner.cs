using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>Another tool makes the change, inside the same envelope.</summary>
public abstract partial class MigrationRunSpec
{
    [Fact]
    public async Task A_runner_gets_the_copy_first_and_the_database_after()
    {
        var phases = new List<string>();

        MigrationRun run = await RunnerAsync(async call =>
        {
            phases.Add(call.Phase);
            Assert.False(await IsMadeAsync());
            await ExecuteOnAsync(call, "create table made (id integer primary key)");
        });

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal(["rehearsal", "production"], phases);
        Assert.True(await IsMadeAsync());
        Assert.Contains(run.Checks, check => check is { Name: "schema", When: "after", Passed: true });
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task A_runner_that_loses_data_is_stopped_before_production()
    {
        var phases = new List<string>();

        MigrationRun run = await RunnerAsync(async call =>
        {
            phases.Add(call.Phase);
            await ExecuteOnAsync(call, "delete from orders where id <= 7");
        });

        Assert.Equal("Migration.DataLoss", run.Error!.Id);
        Assert.Contains("7", run.Error.Message, StringComparison.Ordinal);
        Assert.Equal(["rehearsal"], phases);
        Assert.Equal("50", await ScalarAsync("select count(*) from orders"));
    }

    [Fact]
    public async Task A_runner_that_fails_in_rehearsal_never_sees_production()
    {
        MigrationRun run = await RunnerAsync(call => call.Phase == RunnerCall.Rehearsal ? throw new InvalidOperationException("no luck") : throw new NotSupportedException());

        Assert.Equal("Migration.RehearsalFailed", run.Error!.Id);
        Assert.Contains("no luck", run.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_runner_that_fails_in_production_is_taken_back_by_the_backup()
    {
        string before = await StateAsync();

        MigrationRun run = await RunnerAsync(async call =>
        {
            await ExecuteOnAsync(call, "update orders set note = 'changed'");
            if (call.Phase == RunnerCall.Production)
            {
                throw new InvalidOperationException("no luck");
            }
        }, allow: "data-loss");

        Assert.True(run.Outcome == MigrationOutcome.RolledBack, run.Error?.Message);
        Assert.Equal("restore", run.WayBack!.Way);
        Assert.Equal(before, await StateAsync());
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task A_runner_that_does_something_else_in_production_is_taken_back()
    {
        string before = await StateAsync();

        MigrationRun run = await RunnerAsync(call => ExecuteOnAsync(call, $"create table {call.Phase} (id integer primary key)"));

        Assert.True(run.Outcome == MigrationOutcome.RolledBack, run.Error?.Message);
        Assert.Equal("Migration.VerifyFailed", run.Error!.Target);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_runner_needs_a_backup_a_rehearsal_and_a_restore_that_the_policy_accepts()
    {
        MigrationCommand command = Command(policy => policy with { WaysBack = [WayBack.Restore] }, allow: "no-backup", rehearse: false) with { Runner = (_, _) => throw new NotSupportedException() };
        MigrationRun bare = await Service(net: null).RunAsync(command, null, Yes, TestContext.Current.CancellationToken);
        MigrationRun noWay = await Service().RunAsync(command with { Policy = command.Policy with { WaysBack = [WayBack.DownScript] } }, null, Yes, TestContext.Current.CancellationToken);
        MigrationRun rehearsed = await Service().RunAsync(command with { Runner = (_, _) => Task.CompletedTask }, null, Yes, TestContext.Current.CancellationToken);

        Assert.Equal(("Migration.NoBackup", "Migration.NoWayBack"), (bare.Error!.Id, noWay.Error!.Id));
        Assert.True(rehearsed.Outcome == MigrationOutcome.Applied, rehearsed.Error?.Message);
        Assert.NotNull(rehearsed.Rehearsal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_death_while_a_runner_works_is_told_and_finished_or_reverted(bool finish)
    {
        string before = await StateAsync();
        await Assert.ThrowsAsync<ProcessDiedException>(() => RunnerAsync(async call =>
        {
            await ExecuteOnAsync(call, "create table made (id integer primary key)");
            if (call.Phase == RunnerCall.Production)
            {
                Provider.DieAt = Provider.Calls + 1;
            }
        }));

        Provider.Restart();
        PlanningResult status = await Service().PlanAsync(Command() with { Folder = "nowhere" }, TestContext.Current.CancellationToken);
        Assert.Contains("a runner was at work", PlanGates.Describe(status.Interrupted!), StringComparison.Ordinal);
        MigrationRun plain = await Service().ResumeAsync(Command(), Yes, TestContext.Current.CancellationToken);
        Assert.Equal("Migration.RunnerWanted", plain.Error!.Id);
        MigrationRun settled = finish
            ? await Service().ResumeAsync(Command() with { Runner = (_, _) => Task.CompletedTask }, Yes, TestContext.Current.CancellationToken)
            : await UndoAsync(policy => policy with { WaysBack = [WayBack.Restore] });

        Assert.True(settled.Succeeded, settled.Error?.Message);
        Assert.Equal(finish, await IsMadeAsync());
        Assert.True(finish || await StateAsync() == before);
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task What_makes_no_sense_with_a_runner_is_refused()
    {
        MigrationCommand command = Command() with { Runner = (_, _) => Task.CompletedTask };
        foreach (MigrationCommand wrong in new[] { command with { Target = "001" }, command with { Maintenance = true } })
        {
            Errors.SafeDbException refused = await Assert.ThrowsAsync<Errors.SafeDbException>(() => Service().RunAsync(wrong, null, Yes, TestContext.Current.CancellationToken));
            Assert.Equal("Migration.RunnerAlone", refused.Id);
        }
    }

    private Task<MigrationRun> RunnerAsync(Func<RunnerCall, Task> runner, string? allow = null) => Service().RunAsync(
        Command(policy => policy with { WaysBack = [WayBack.Restore] }, allow) with { Runner = (call, _) => runner(call), Folder = "" }, null, Yes, TestContext.Current.CancellationToken);

    private async Task ExecuteOnAsync(RunnerCall call, string sql)
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Composition.Create().Engines.Parse(call.GetAddress()), TestContext.Current.CancellationToken);
        await session.ExecuteAsync(sql, TestContext.Current.CancellationToken);
    }

    private async Task<bool> IsMadeAsync()
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        return (await Engine.History.ColumnsAsync(session, "made", TestContext.Current.CancellationToken)).Count > 0;
    }
}
