using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Providers;
using SafeDb.Risk;

namespace SafeDb.FaultHost;

/// <summary>One run of a folder's migrations by the real engine, or the taking back of them, with something happening at one of its calls.</summary>
public static class FaultRun
{
    /// <summary>SafeDb's parts for an address.</summary>
    public static (MigrationContext Context, DatabaseAddress Address) Open(string address)
    {
        SafeDbEngine engine = Composition.Create();
        DatabaseAddress parsed = engine.Engines.Parse(address);
        return (Composition.Migrations(engine, parsed.Engine), parsed);
    }

    /// <summary>What is asked for: everything in the folder, no backup, no patience; to take back, with the word that what the migrations made may go.</summary>
    public static MigrationCommand Command(DatabaseAddress address, string folder, bool undo = false) => new(address, folder)
    {
        Policy = new Policy
        {
            MaxRisk = RiskLevel.Dangerous, AllowMixedMigrations = true, AllowReset = true, RequireRehearsal = false, LockTimeout = TimeSpan.FromMilliseconds(500), LockRetries = 1,
        },
        AllowHazards = undo ? ["no-backup", "data-loss"] : ["no-backup"],
    };

    /// <summary>Applies, or takes back down to a migration; gives the result and the number of calls.</summary>
    public static async Task<(MigrationRun Run, int Calls)> RunAsync(string address, string folder, string? undoTo, int point, Action<IDatabaseSession> happen)
    {
        (MigrationContext context, DatabaseAddress parsed) = Open(address);
        var provider = new FaultyProvider(context.Provider, point, happen);
        using var http = new HttpClient();
        MigrationContext faulty = context with { Provider = provider };
        MigrationRun run = undoTo is null
            ? await new MigrationService(faulty, null, http).RunAsync(Command(parsed, folder), null, (_, _, _) => Task.FromResult(true), CancellationToken.None)
            : await new UndoService(faulty, null, http).UndoAsync(Command(parsed, folder, undo: true), new UndoTarget(null, undoTo), (_, _, _) => Task.FromResult(true), CancellationToken.None);
        return (run, provider.Calls);
    }
}
