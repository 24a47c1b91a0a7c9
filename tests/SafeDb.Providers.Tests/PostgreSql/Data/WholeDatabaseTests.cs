using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Configuration;
using SafeDb.Observation;
using SafeDb.PostgreSql;
using SafeDb.Providers;
using SafeDb.Restore;
using SafeDb.Stores;
using SafeDb.Verification;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A database with one of every kind of object goes through the real use cases: encrypted archive in a folder, drill, restore. PostgreSQL's own program is the judge.</summary>
public sealed class WholeDatabaseTests(PostgresCluster cluster) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-test-").FullName;
    private readonly SafeDbEngine _engine = new(new EngineRegistry([new PostgreSqlProvider()]), new StoreRegistry([new FolderStoreFactory(TimeProvider.System)]), TimeProvider.System);

    [Fact]
    public async Task Everything_is_backed_up_proved_by_a_drill_and_restored_under_another_name()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await cluster.RunToolAsync("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", source.Name, "-f", Path.Combine(AppContext.BaseDirectory, "PostgreSql", "all-objects.sql"));
        ResolvedDatabase database = _engine.Resolver(new SafeDbConfiguration()).Resolve(source.Address, null);
        using var secrets = new ArchiveSecrets();
        secrets.AddKey(new byte[32]);
        using var keys = new ArchiveKeys();
        keys.AddKey(new byte[32]);
        var backups = new BackupService(_engine);
        var command = new BackupCommand(database, _folder) { Jobs = 2 };
        BackupInfo backup = await backups.ExecuteAsync(backups.Plan(command, secrets), command, secrets, SilentObserver.Instance, default);
        Assert.Equal("Complete", backup.Coverage);

        BackupVerification drill = await new VerificationService(_engine).VerifyAsync(
            new VerificationCommand(backup.Backup, VerificationLevel.Restore) { Database = database.Address, Jobs = 2 }, keys, SilentObserver.Instance, default);
        Assert.True(drill.Passed, string.Join("\n", drill.SchemaDifferences.Select(item => item.ToString()).Concat(drill.StateDifferences).Concat(drill.Tables.Where(item => !item.Equal).Select(item => item.ToString()))));

        await using var restored = new TestDatabase(cluster, source.Name + "_restored");
        var restore = new RestoreCommand(backup.Backup, _engine.Resolver(new SafeDbConfiguration()).Resolve(restored.Address, null)) { Jobs = 2 };
        var restores = new RestoreService(_engine);
        await restores.ExecuteAsync(await restores.PlanAsync(restore, keys, default), restore, keys, null, SilentObserver.Instance, default);
        Schema.SchemaRoundTrip.AssertSameDump(await PgDump.SchemaOnlyAsync(source), await PgDump.SchemaOnlyAsync(restored));
        Assert.Equal(Sorted(await RowsAsync(source)), Sorted(await RowsAsync(restored)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<string> RowsAsync(TestDatabase database) => await database.Cluster.RunToolAsync("pg_dump", "-a", "--inserts", "--disable-triggers", database.Name);

    private static string Sorted(string text) =>
        string.Join('\n', text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('\\') && !line.StartsWith("--", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
}
