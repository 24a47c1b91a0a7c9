using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Observation;
using SafeDb.Verification;

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

        BackupVerification drill = await new VerificationService(trip.Engine).VerifyAsync(
            new VerificationCommand(backup.Backup, VerificationLevel.Restore) { Database = trip.Resolve(source).Address, Jobs = 2 }, trip.Keys, SilentObserver.Instance, default);
        Assert.True(drill.Passed, string.Join("\n", drill.SchemaDifferences.Select(item => item.ToString()).Concat(drill.StateDifferences).Concat(drill.Tables.Where(item => !item.Equal).Select(item => item.ToString()))));

        await using var restored = new TestDatabase(cluster, source.Name + "_restored");
        await trip.RestoreAsync(backup, restored);
        await ArchiveRoundTrip.AssertSameDumpAsync(source, restored);
    }
}
