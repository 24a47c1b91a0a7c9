using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>The schema that a run left, kept beside its evidence, and what a later run tells by it.</summary>
public abstract partial class MigrationRunSpec
{
    private string Evidence => Path.Combine(_folder, "evidence");

    [Fact]
    public async Task Drift_is_told_object_by_object_by_the_schema_that_the_last_run_left()
    {
        Five();
        MigrationRun first = await RunWithEvidenceAsync();
        string file = first.Evidence[^1];
        await ExecuteAsync("create table by_hand (id integer)");
        Write("006_f.up.sql", "create table f (id integer primary key);");
        Write("006_f.down.sql", "drop table f;");

        SafeDbError drift = (await RunWithEvidenceAsync()).Error!;
        SafeDbError undo = (await UndoWithEvidenceAsync()).Error!;
        SafeDbError elsewhere = (await Service().RunAsync(Command() with { EvidenceFolder = Path.Combine(_folder, "other") }, null, Yes, TestContext.Current.CancellationToken)).Error!;

        Assert.Equal(("Migration.Drift", "Migration.Drift"), (drift.Id, undo.Id));
        Assert.Matches("^The schema was changed outside migrations since 005 was applied: Added [a-z]+ by_hand[.a-z]*( \\([0-9]+ differences with the parts of what came or went whole\\))?\\.$", drift.Message);
        Assert.Equal(drift.Message, undo.Message);
        Assert.Contains($"Compare-SafeDbSchema -Database {AdvisedCommand.Quoted(Command().Database.Display)} -Reference {file}, ", drift.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains($"no snapshot of the schema of then was found in the evidence folder {Path.Combine(_folder, "other")}.", elsewhere.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace("customers", "by_hand", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        SafeDbError edited = (await RunWithEvidenceAsync()).Error!;
        Assert.Contains("is not a usable schema snapshot: its objects do not have its fingerprint", edited.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("by_hand", edited.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_that_a_run_left_is_kept_once_and_its_failure_fails_no_run()
    {
        Five();
        MigrationRun up = await RunWithEvidenceAsync();
        MigrationRun down = await UndoWithEvidenceAsync();
        byte[] before = await File.ReadAllBytesAsync(up.Evidence[^1], TestContext.Current.CancellationToken);
        MigrationRun again = await RunWithEvidenceAsync();

        foreach (MigrationRun run in new[] { up, down, again })
        {
            Assert.True(run.Error is null, run.Error?.Message);
            SchemaSnapshot snapshot = SchemaSnapshotService.Load(run.Evidence[^1]);
            Assert.Equal((run.SchemaAfter, $"schema-{run.SchemaAfter![..16]}.json"), (snapshot.Fingerprint, Path.GetFileName(run.Evidence[^1])));
            Assert.DoesNotContain(snapshot.Objects, item => item.Identity.Contains("safedb_migrations", StringComparison.Ordinal));
        }

        Assert.Equal(up.Evidence[^1], again.Evidence[^1]);
        Assert.Equal(before, await File.ReadAllBytesAsync(up.Evidence[^1], TestContext.Current.CancellationToken));
        Assert.Equal(2, Directory.GetFiles(Evidence, "schema-*").Length);

        // A damaged file is written anew; one that cannot be written is said.
        await File.WriteAllBytesAsync(up.Evidence[^1], before[..^9], TestContext.Current.CancellationToken);
        await UndoWithEvidenceAsync();
        await RunWithEvidenceAsync();
        Assert.Equal(up.SchemaAfter, SchemaSnapshotService.Load(up.Evidence[^1]).Fingerprint);
        File.Delete(up.Evidence[^1]);
        Directory.CreateDirectory(up.Evidence[^1]);
        await UndoWithEvidenceAsync();
        MigrationRun without = await RunWithEvidenceAsync();
        Assert.True(without.Outcome == MigrationOutcome.Applied, without.Error?.Message);
        Assert.Contains(without.Warnings, warning => warning.StartsWith("The snapshot of the schema could not be written", StringComparison.Ordinal));
        Assert.Equal(3, without.Evidence.Count);
        Assert.DoesNotContain(Directory.GetFiles(Evidence), path => path.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_interrupted_undo_that_only_a_restore_can_end_says_that_it_was_taken_back_itself()
    {
        Five();
        MigrationRun up = await RunWithEvidenceAsync();
        MigrationRun left = await Undo().UndoAsync(
            Command(policy => policy with { WaysBack = [WayBack.DownScript] }, allow: "data-loss", rehearse: false), new UndoTarget(3), BreakAsync, TestContext.Current.CancellationToken);
        Assert.Equal(MigrationOutcome.NeedsPerson, left.Outcome);
        async Task<bool> BreakAsync(MigrationPlan plan, RehearsalReport? rehearsal, CancellationToken cancellationToken)
        {
            await ExecuteAsync("insert into c (id) values (1)");
            await ExecuteAsync("create table safedb_kept_hold (id integer references c (id))");
            await ExecuteAsync("insert into safedb_kept_hold (id) values (1)");
            return true;
        }

        MigrationRun ended = await Undo().UndoAsync(
            Command(policy => policy with { WaysBack = [WayBack.DownScript, WayBack.Restore] }) with { EvidenceFolder = Evidence }, new UndoTarget(3), Yes, TestContext.Current.CancellationToken);

        Assert.True(ended.Outcome == MigrationOutcome.Undone, ended.Error?.Message);
        const string Still = "The interrupted undo was not finished but taken back itself: 003, 004, 005 are applied as before it.";
        Assert.Equal(("restore", up.SchemaAfter), (ended.WayBack!.Way, ended.SchemaAfter));
        Assert.StartsWith(Still, ended.WayBack.Cost, StringComparison.Ordinal);
        Assert.Contains(Still, ended.Warnings);
        Assert.Equal("5", await ScalarAsync("select count(*) from safedb_migrations where state = 'applied'"));
        Assert.Equal(up.Evidence[^1], ended.Evidence[^1]);
        string report = await File.ReadAllTextAsync(ended.Evidence[1], TestContext.Current.CancellationToken);
        Assert.Contains(": Undone by restore\n", report, StringComparison.Ordinal);
        Assert.Contains(Still, report, StringComparison.Ordinal);
        Assert.Contains(">Undone by restore<", await File.ReadAllTextAsync(ended.Evidence[2], TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private Task<MigrationRun> RunWithEvidenceAsync() => Service().RunAsync(Command() with { EvidenceFolder = Evidence }, null, Yes, TestContext.Current.CancellationToken);

    private Task<MigrationRun> UndoWithEvidenceAsync() => Undo().UndoAsync(Command() with { EvidenceFolder = Evidence }, new UndoTarget(1, null), Yes, TestContext.Current.CancellationToken);
}
