using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Retention;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A database with one of every kind of object goes through the real use cases: encrypted archive in a folder, drill, restore. PostgreSQL's own program is the judge.</summary>
public sealed class WholeDatabaseTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Everything_is_backed_up_proved_by_a_drill_and_restored_under_another_name()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await cluster.RunToolAsync("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", source.Name, "-f", Path.Combine(AppContext.BaseDirectory, "PostgreSql", "all-objects.sql"));
        using var trip = new ArchiveRoundTrip();
        BackupInfo backup = await trip.BackupAsync(source);

        BackupVerification drill = await trip.DrillAsync(backup, source);
        Assert.True(drill.Passed, string.Join("\n", drill.SchemaDifferences.Select(item => item.ToString()).Concat(drill.StateDifferences).Concat(drill.Tables.Where(item => !item.Equal).Select(item => item.ToString()))));

        await using var restored = new TestDatabase(cluster, source.Name + "_restored");
        await trip.RestoreAsync(backup, restored);
        await ArchiveRoundTrip.AssertSameDumpAsync(source, restored);
    }

    [Fact]
    public async Task A_drill_of_an_archive_taken_with_filters_says_which_and_what_could_not_be_checked()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1, 1)");
        using var trip = new ArchiveRoundTrip();

        BackupVerification rows = await trip.DrillAsync(await trip.BackupAsync(source, new BackupScope { ExcludeTables = ["parent"] }), source);
        Assert.True(rows.Passed);
        Assert.Equal("Filtered", rows.Coverage);
        Assert.Equal(["without tables parent"], rows.Filters);
        Assert.Equal(["the rows of public.parent (without tables parent)"], rows.NotCovered);
        Assert.Contains("child_parent_fkey", Assert.Single(rows.Warnings), StringComparison.Ordinal);

        BackupInfo definitions = await trip.BackupAsync(source, new BackupScope { SchemaOnly = true });
        BackupVerification schema = await trip.DrillAsync(definitions, source);
        Assert.True(schema.Passed);
        Assert.Equal(["definitions without rows"], schema.Filters);

        // Of archives that are named for removal the full one stays, even when only the others were drilled.
        BackupInfo full = await trip.BackupAsync(source);
        PrunePlan plan = await new PruneService(trip.Engine).PlanSelectedAsync(full.Destination, new HashSet<string>(StringComparer.Ordinal) { definitions.Name, full.Name }, trip.Keys, default);
        Assert.Equal([full.Name], plan.Backups.Where(decision => decision.Keep).Select(decision => decision.Backup.Name));
        BackupVerification whole = await trip.DrillAsync(full, source);
        Assert.Equal("Complete", whole.Coverage);
        Assert.Empty(whole.Warnings.Concat(whole.Filters).Concat(whole.NotCovered));
    }
}
