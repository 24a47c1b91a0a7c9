using SafeDb.Addresses;
using SafeDb.AzureStorage;
using SafeDb.Integrity;
using SafeDb.MaintenanceModes;
using SafeDb.Migration;
using SafeDb.PostgreSql;
using SafeDb.PostgreSql.Integrity;
using SafeDb.PostgreSql.Migration;
using SafeDb.PostgreSql.Risk;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Sqlite;
using SafeDb.Sqlite.Integrity;
using SafeDb.Sqlite.Migration;
using SafeDb.Sqlite.Risk;
using SafeDb.SqlServer.Risk;
using SafeDb.Stores;

namespace SafeDb.Engines;

/// <summary>Puts the engine together: the one place that knows every database engine and every kind of destination. Both front ends start here.</summary>
public static class Composition
{
    /// <summary>A new engine. It remembers, in memory only, the credentials that destinations brought along; two engines share nothing.</summary>
    public static SafeDbEngine Create() => new(
        new EngineRegistry([new SqliteProvider(), new PostgreSqlProvider()]),
        new StoreRegistry([new AzureBlobStoreFactory(TimeProvider.System), new FolderStoreFactory(TimeProvider.System)]),
        TimeProvider.System);

    /// <summary>The use case behind risk analysis.</summary>
    public static MigrationRiskService Risk(SafeDbEngine engine) => new(engine.Engines, Dialects(), RiskDatabases(), engine.Clock);

    /// <summary>The parts of an engine that migrations are made of.</summary>
    public static MigrationContext Migrations(SafeDbEngine engine, DatabaseEngine kind) => new(
        engine.Engines.Get(kind),
        Dialects().First(dialect => dialect.Engine == kind),
        MigrationEngines().FirstOrDefault(item => item.Engine == kind) ?? throw AddressErrors.EngineMissing.Exception(kind),
        engine.Clock)
    {
        Maintenance = MaintenanceModes().FirstOrDefault(item => item.Engine == kind), RiskDatabase = RiskDatabases().FirstOrDefault(item => item.Engine == kind),
    };

    /// <summary>The use case behind maintenance.</summary>
    public static MaintenanceService Maintenance(SafeDbEngine engine, DatabaseEngine kind) =>
        new(engine.Engines.Get(kind), MaintenanceModes().FirstOrDefault(item => item.Engine == kind) ?? throw MaintenanceErrors.NotSupported.Exception(kind));

    private static IReadOnlyList<IMaintenanceMode> MaintenanceModes() => [new SqliteMaintenanceMode(), new PostgreSqlMaintenanceMode()];

    /// <summary>The use case behind integrity checks.</summary>
    public static IntegrityService Integrity(SafeDbEngine engine, DatabaseEngine kind) => new(
        Migrations(engine, kind), IntegrityChecks().FirstOrDefault(item => item.Engine == kind) ?? throw AddressErrors.EngineMissing.Exception(kind));

    private static IReadOnlyList<IIntegrityCheck> IntegrityChecks() => [new SqliteIntegrityCheck(), new PostgreSqlIntegrityCheck()];

    private static IReadOnlyList<IMigrationEngine> MigrationEngines() => [new SqliteMigrationEngine(), new PostgreSqlMigrationEngine()];

    private static IReadOnlyList<IRiskDatabase> RiskDatabases() => [new PostgreSqlRiskDatabase(), new SqliteRiskDatabase()];

    private static IReadOnlyList<IRiskDialect> Dialects() => [new PostgreSqlRiskDialect(), new SqliteRiskDialect(), new SqlServerRiskDialect()];
}
