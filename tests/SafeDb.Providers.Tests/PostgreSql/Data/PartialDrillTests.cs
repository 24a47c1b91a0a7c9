using SafeDb.Errors;
using SafeDb.Readiness;
using SafeDb.Configuration;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A drill that could not make everything proves the rows, and stands nowhere for one of the whole archive.</summary>
public sealed class PartialDrillTests(PostgresCluster cluster) : IDisposable
{
    private readonly ArchiveRoundTrip _trip = new();

    public void Dispose() => _trip.Dispose();

    [Fact]
    public async Task What_a_drill_left_out_is_recorded_and_told_and_is_no_whole_proof()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string role = "gone_" + source.Name;
        string policy = $"CREATE ROLE {role}; CREATE POLICY own ON t FOR SELECT TO {role} USING (id > 0)";
        await source.ExecuteAsync($"CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2); {policy}");
        BackupInfo backup = await _trip.BackupAsync(source);
        string removal = $"DROP POLICY own ON t; DROP ROLE {role}";
        await source.ExecuteAsync(removal);

        BackupVerification drill = await _trip.DrillAsync(backup, source, noOwner: true);

        Assert.True(drill.Passed);
        Assert.Equal(2, drill.RowsCompared);
        string expected = $"policy public.t.own: the server has no role {role}";
        Assert.Equal([expected], drill.LeftOut);
        Assert.Equal(["owners", "privileges"], drill.NotCompared);
        Assert.Contains(drill.Warnings, text => text.Contains("no drill of the whole archive", StringComparison.Ordinal));

        BackupInfo listed = await _trip.ListedAsync();
        Assert.Equal((false, null, "Restore: Passed (1 object left out; without owners and privileges)"), (listed.Verified, listed.DrilledAt, listed.Verification));
        Assert.Equal([expected], listed.LeftOut);
        Assert.Equal("Restore: Passed (1 object left out; without owners and privileges; not authenticated)", (await _trip.ListedAsync(authenticate: false)).Verification);
        ReadinessItem[] items = Judge(listed);
        Assert.All(items, item => Assert.False(item.Passed));
        Assert.All(items, item => Assert.Contains(expected, item.Evidence, StringComparison.Ordinal));

        // With the role there, the drill is whole: it counts, and a partial one after it takes nothing away.
        await source.ExecuteAsync(policy);
        Assert.Empty((await _trip.DrillAsync(backup, source)).LeftOut);
        Assert.Equal((true, "Restore: Passed"), ((await _trip.ListedAsync()).Verified, (await _trip.ListedAsync()).Verification));
        await source.ExecuteAsync(removal);
        Assert.True((await _trip.DrillAsync(backup, source, noOwner: true)).Passed);
        listed = await _trip.ListedAsync();
        Assert.Equal((true, "Restore: Passed"), (listed.Verified, listed.Verification));
        Assert.Empty(listed.LeftOut);
        Assert.All(Judge(listed), item => Assert.True(item.Passed, item.Evidence));
    }

    [Fact]
    public async Task Owners_and_privileges_that_were_left_out_as_asked_are_said_and_the_drill_counts()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string role = "gone_" + source.Name;
        await source.ExecuteAsync($"CREATE ROLE {role}; CREATE TABLE t (id int); ALTER TABLE t OWNER TO {role}; GRANT SELECT ON t TO PUBLIC");
        BackupInfo backup = await _trip.BackupAsync(source);
        await source.ExecuteAsync($"REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}; DROP ROLE {role}");

        BackupVerification drill = await _trip.DrillAsync(backup, source, noOwner: true);

        Assert.Empty(drill.LeftOut);
        Assert.Equal(["owners", "privileges"], drill.NotCompared);
        BackupInfo listed = await _trip.ListedAsync();
        Assert.Equal((true, "Restore: Passed (without owners and privileges)"), (listed.Verified, listed.Verification));
        Assert.All(Judge(listed), item => Assert.True(item.Passed, item.Evidence));
        Assert.Contains("without owners and privileges", Judge(listed)[0].Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drill_whose_copy_cannot_be_built_says_that_nothing_was_changed()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();

        // A check that calls a function which finds its table by a search path: as a dump, so an archive cannot make it where that path is another.
        await source.ExecuteAsync(
            "CREATE TABLE limits (top int); INSERT INTO limits VALUES (10); CREATE FUNCTION top() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
            + "CREATE TABLE t (id int); CREATE INDEX by_top ON t ((id + top())); INSERT INTO t VALUES (1)");
        await source.ExecuteAsync("CREATE OR REPLACE FUNCTION top() RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN (SELECT top FROM limits); END'");
        BackupInfo backup = await _trip.BackupAsync(source);

        SafeDbException failed = await Assert.ThrowsAsync<SafeDbException>(() => _trip.DrillAsync(backup, source));

        Assert.Equal(("Verification.CopyFailed", ErrorKind.Verification), (failed.Id, failed.Error.Kind));
        Assert.Contains("limits", failed.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await source.ScalarAsync<long>($"SELECT count(*) FROM pg_database WHERE datname LIKE '{source.Name}%' AND datname <> '{source.Name}'"));
    }

    private static ReadinessItem[] Judge(BackupInfo backup)
    {
        IReadOnlyList<ReadinessItem> items = ReadinessJudge.Judge(new ReadinessFacts { Now = backup.CreatedAt!.Value.AddMinutes(1), Policy = Policy.Production, Destination = "backups", Backups = [backup] });
        return [items.Single(item => item.Item == "backup-verified"), items.Single(item => item.Item == "restore-drilled")];
    }
}
