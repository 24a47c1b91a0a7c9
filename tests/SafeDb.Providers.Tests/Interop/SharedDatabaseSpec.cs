using SafeDb.Configuration;
using SafeDb.Migration.Baseline;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>A real database and a folder of migrations whose history belongs to another tool.</summary>
public abstract class SharedDatabaseSpec : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-interop-").FullName;

    protected PeerDatabase Database { get; private set; } = null!;

    protected string Folder => _folder;

    /// <summary>The format, when the folder alone does not tell it.</summary>
    protected virtual string? Format => null;

    public virtual async ValueTask InitializeAsync() => Database = await CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected abstract Task<PeerDatabase> CreateAsync();

    protected Task<MigrationRun> RunAsync(params string[] allow) =>
        new MigrationService(Database.Context, null, new HttpClient()).RunAsync(Command(allow), null, (_, _, _) => Task.FromResult(true), TestContext.Current.CancellationToken);

    protected Task<MigrationRun> BaselineAsync(string version) =>
        new BaselineService(Database.Context).RunAsync(Command(), version, _ => Task.FromResult(true), TestContext.Current.CancellationToken);

    protected Task<MigrationRun> UndoAsync() =>
        new UndoService(Database.Context, null, new HttpClient()).UndoAsync(
            Command("data-loss"), new UndoTarget(1), (_, _, _) => Task.FromResult(true), TestContext.Current.CancellationToken);

    protected async Task<IReadOnlyList<MigrationStatus>> StatusAsync() =>
        (await new MigrationService(Database.Context, null, new HttpClient()).PlanAsync(Command(), TestContext.Current.CancellationToken)).Plan.Status;

    protected MigrationCommand Command(params string[] allow) => new(Database.Address, _folder)
    {
        Policy = new Policy
        {
            MaxRisk = RiskLevel.Dangerous, AllowMixedMigrations = true, AllowReset = true, RequireRehearsal = false, LockTimeout = TimeSpan.FromMilliseconds(500), LockRetries = 1,
            WaysBack = [WayBack.DownScript, WayBack.Restore],
        },
        AllowHazards = ["no-backup", .. allow], Format = Format,
    };
}
