using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Providers;
using SafeDb.Risk;

namespace SafeDb.FaultHost;

/// <summary>One run of a folder's migrations by the real engine, with something happening at one of its calls.</summary>
public static class FaultRun
{
    /// <summary>SafeDb's parts for an address.</summary>
    public static (MigrationContext Context, DatabaseAddress Address) Open(string address)
    {
        SafeDbEngine engine = Composition.Create();
        DatabaseAddress parsed = engine.Engines.Parse(address);
        return (Composition.Migrations(engine, parsed.Engine), parsed);
    }

    /// <summary>What is asked for: everything in the folder, no backup, no patience.</summary>
    public static MigrationCommand Command(DatabaseAddress address, string folder) => new(address, folder)
    {
        Policy = new Policy
        {
            MaxRisk = RiskLevel.Dangerous, AllowMixedMigrations = true, AllowReset = true, RequireRehearsal = false, LockTimeout = TimeSpan.FromMilliseconds(500), LockRetries = 1,
        },
        AllowHazards = ["no-backup"],
    };

    /// <summary>Runs; gives the result and the number of calls.</summary>
    public static async Task<(MigrationRun Run, int Calls)> RunAsync(string address, string folder, int point, Action<IDatabaseSession> happen)
    {
        (MigrationContext context, DatabaseAddress parsed) = Open(address);
        var provider = new FaultyProvider(context.Provider, point, happen);
        using var http = new HttpClient();
        MigrationRun run = await new MigrationService(context with { Provider = provider }, null, http).RunAsync(Command(parsed, folder), null, (_, _, _) => Task.FromResult(true), CancellationToken.None);
        return (run, provider.Calls);
    }
}
