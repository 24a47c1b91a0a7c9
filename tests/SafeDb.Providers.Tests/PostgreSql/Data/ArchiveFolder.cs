using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Observation;
using SafeDb.Verification;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A folder of sealed archives, filled, drilled and listed by the use cases that users call.</summary>
internal sealed class ArchiveFolder : IDisposable
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly SafeDbEngine _engine = Composition.Create();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Path { get; } = Directory.CreateTempSubdirectory("safedb-folder-").FullName;

    public Messages Messages { get; } = new();

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public static ArchiveKeys Keys()
    {
        var keys = new ArchiveKeys();
        keys.AddKey(Key);
        return keys;
    }

    public DatabaseAddress At(TestDatabase database) => _engine.Engines.Parse(database.Address);

    public BackupCommand Command(TestDatabase source, BackupScope? scope = null) => new(new ResolvedDatabase(At(source), null, Policy.Production), Path) { Scope = scope ?? BackupScope.Everything };

    public async Task<BackupInfo> BackupAsync(BackupCommand command)
    {
        using var secrets = new ArchiveSecrets();
        secrets.AddKey(Key);
        var service = new BackupService(_engine);
        return await service.ExecuteAsync(service.Plan(command, secrets), command, secrets, Messages, Token);
    }

    public Task<BackupInfo> BackupAsync(TestDatabase source, BackupScope? scope = null) => BackupAsync(Command(source, scope));

    public async Task<string> ForeseeAsync(BackupCommand command)
    {
        using var secrets = new ArchiveSecrets();
        secrets.AddKey(Key);
        return (await new BackupForecast(_engine).ForeseeAsync(new BackupService(_engine).Plan(command, secrets), command, Messages, Token)).ToString();
    }

    public async Task<BackupVerification> DrillAsync(BackupInfo backup, TestDatabase near, bool noOwner = false, VerificationLevel level = VerificationLevel.Restore)
    {
        using ArchiveKeys keys = Keys();
        var command = new VerificationCommand(backup.Backup, level) { Database = At(near), NoOwner = noOwner, NoPrivileges = noOwner };
        return await new VerificationService(_engine).VerifyAsync(command, keys, Messages, Token);
    }

    public async Task<BackupInfo> ListedAsync(bool authenticate = true)
    {
        using ArchiveKeys keys = Keys();
        return Assert.Single(await new BackupCatalogue(_engine).ReadAsync(new CatalogueQuery(Path) { Authenticate = authenticate }, keys, Token));
    }

    public BackupSafetyNet SafetyNet(BackupInfo backup, TestDatabase source, ArchiveKeys keys) =>
        new(_engine, new SafetyNetSettings(new ResolvedDatabase(At(source), null, Policy.Production), Path, ArchiveSecrets.Unencrypted(), keys) { Backup = backup.Backup }, SilentObserver.Instance);
}
