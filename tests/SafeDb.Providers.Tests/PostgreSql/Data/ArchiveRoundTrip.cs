using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Observation;
using SafeDb.PostgreSql;
using SafeDb.Providers;
using SafeDb.Restore;
using SafeDb.Stores;
using SafeDb.Verification;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>The way that users go: an encrypted archive in a folder, restored under another name after it was compared row by row. PostgreSQL's own program is the judge of the result.</summary>
internal sealed class ArchiveRoundTrip : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("safedb-test-").FullName;

    public ArchiveRoundTrip()
    {
        Secrets.AddKey(new byte[32]);
        Keys.AddKey(new byte[32]);
    }

    public SafeDbEngine Engine { get; } = new(new EngineRegistry([new PostgreSqlProvider()]), new StoreRegistry([new FolderStoreFactory(TimeProvider.System)]), TimeProvider.System);

    public ArchiveKeys Keys { get; } = new();

    /// <summary>What backups and drills warned of.</summary>
    public Messages Messages { get; } = new();

    private ArchiveSecrets Secrets { get; } = new();

    /// <summary>The archives that were made.</summary>
    public IEnumerable<string> Archives => Directory.EnumerateFiles(Folder, "*.safedb");

    public ResolvedDatabase Resolve(TestDatabase database) => Resolve(database.Address);

    public ResolvedDatabase Resolve(string address) => Engine.Resolver(new SafeDbConfiguration()).Resolve(address, null);

    public async Task<BackupInfo> BackupAsync(TestDatabase source, BackupScope? scope = null)
    {
        BackupInfo backup = await BackupAsync(Command(source, scope));
        Assert.Equal(scope is null ? "Complete" : "Filtered", backup.Coverage);
        return backup;
    }

    public async Task<BackupInfo> BackupAsync(BackupCommand command)
    {
        var backups = new BackupService(Engine);
        return await backups.ExecuteAsync(backups.Plan(command, Secrets), command, Secrets, Messages, default);
    }

    public BackupCommand Command(TestDatabase source, BackupScope? scope = null) => new(Resolve(source), Folder) { Jobs = 2, Scope = scope ?? BackupScope.Everything };

    /// <summary>What a backup would take, as a dry run says it.</summary>
    public Task<string> ForeseeAsync(TestDatabase source, BackupScope? scope = null) => ForeseeAsync(Command(source, scope));

    /// <inheritdoc cref="ForeseeAsync(TestDatabase, BackupScope?)"/>
    public async Task<string> ForeseeAsync(BackupCommand command)
    {
        return (await new BackupForecast(Engine).ForeseeAsync(new BackupService(Engine).Plan(command, Secrets), command, Messages, default)).ToString();
    }

    /// <summary>The only archive as a listing shows it.</summary>
    public async Task<BackupInfo> ListedAsync(bool authenticate = true) =>
        Assert.Single(await new BackupCatalogue(Engine).ReadAsync(new CatalogueQuery(Folder) { Authenticate = authenticate }, Keys, default));

    /// <summary>Restores into a scratch database beside the source and compares.</summary>
    public Task<BackupVerification> DrillAsync(BackupInfo backup, TestDatabase source, bool noOwner = false, VerificationLevel level = VerificationLevel.Restore) => new VerificationService(Engine).VerifyAsync(
        new VerificationCommand(backup.Backup, level) { Database = Resolve(source).Address, NoOwner = noOwner, NoPrivileges = noOwner }, Keys, Messages, default);

    /// <summary>Restores, which ends in an error when the copy differs from the archive.</summary>
    public Task RestoreAsync(BackupInfo backup, TestDatabase into) => RestoreAsync(new RestoreCommand(backup.Backup, Resolve(into)) { Jobs = 2 });

    /// <summary>Plans and restores.</summary>
    public async Task<RestoreResult> RestoreAsync(RestoreCommand command, IOperationObserver? observer = null, CancellationToken cancellationToken = default)
    {
        var restores = new RestoreService(Engine);
        return await restores.ExecuteAsync(await restores.PlanAsync(command, Keys, default), command, Keys, Secrets, observer ?? SilentObserver.Instance, cancellationToken);
    }

    /// <summary>Definitions and rows of both, as pg_dump writes them.</summary>
    public static async Task AssertSameDumpAsync(TestDatabase source, TestDatabase restored)
    {
        Schema.SchemaRoundTrip.AssertSameDump(await PgDump.SchemaOnlyAsync(source), await PgDump.SchemaOnlyAsync(restored));
        Assert.Equal(await RowsAsync(source), await RowsAsync(restored));
    }

    public void Dispose()
    {
        Secrets.Dispose();
        Keys.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<string> RowsAsync(TestDatabase database)
    {
        string text = await database.Cluster.RunToolAsync("pg_dump", "-a", "--inserts", "--disable-triggers", database.Name);
        return string.Join('\n', text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('\\') && !line.StartsWith("--", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
