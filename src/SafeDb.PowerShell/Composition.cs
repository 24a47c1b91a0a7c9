using SafeDb.AzureStorage;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Sqlite;
using SafeDb.Sqlite.Risk;
using SafeDb.SqlServer.Risk;
using SafeDb.Stores;

namespace SafeDb.PowerShell;

/// <summary>Puts the engine together for the cmdlets. Holds nothing: every cmdlet gets its own.</summary>
internal static class Composition
{
    public static SafeDbEngine Create() => new(new EngineRegistry([new SqliteProvider()]), new StoreRegistry([new AzureBlobStoreFactory(TimeProvider.System), new FolderStoreFactory(TimeProvider.System)]), TimeProvider.System);

    /// <summary>The use case behind risk analysis.</summary>
    public static MigrationRiskService Risk(SafeDbEngine engine) => new(engine.Engines, Dialects(), [new SqliteRiskDatabase()], engine.Clock);

    private static IReadOnlyList<IRiskDialect> Dialects() => [new SqliteRiskDialect(), new SqlServerRiskDialect()];
}
