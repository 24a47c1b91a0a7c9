using SafeDb.Addresses;
using SafeDb.MaintenanceModes;
using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Schema;

namespace SafeDb.Migration;

/// <summary>The parts of one engine that migrations are made of; put together by a front end.</summary>
/// <param name="Provider">The engine's provider.</param>
/// <param name="Dialect">The engine's knowledge of SQL.</param>
/// <param name="Engine">The engine's migration parts.</param>
/// <param name="Clock">The time.</param>
public sealed record MigrationContext(IDatabaseProvider Provider, IRiskDialect Dialect, IMigrationEngine Engine, TimeProvider Clock)
{
    /// <summary>Cuts scripts.</summary>
    public ScriptReader Scripts { get; } = new(Dialect, Engine.Execution);

    /// <summary>The journal.</summary>
    public JournalTable Journal { get; } = new(Engine.History);

    /// <summary>Every history that the engine can have.</summary>
    public IReadOnlyList<IMigrationHistory> Histories { get; } = MigrationHistories.On(Engine.History);

    /// <summary>The history of a format.</summary>
    public IMigrationHistory History(string format) =>
        Histories.FirstOrDefault(history => history.Format == format) ?? throw HistoryErrors.EngineUnsupported.Exception(format, Engine.Engine);

    /// <summary>What the engine's databases tell a risk analysis, or null when the engine has no such way.</summary>
    public IRiskDatabase? RiskDatabase { get; init; }

    /// <summary>The engine's maintenance mode, or null when it has none.</summary>
    public IMaintenanceMode? Maintenance { get; init; }

    /// <summary>Opens a session, which may write even in maintenance.</summary>
    public async Task<IDatabaseSession> OpenAsync(DatabaseAddress address, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await Provider.OpenSessionAsync(address, cancellationToken).ConfigureAwait(false);
        if (Maintenance is null)
        {
            return session;
        }

        try
        {
            await Maintenance.AdmitAsync(session, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The schema without bookkeeping and without what a rehearsal keeps.</summary>
    public async Task<DatabaseSchema> SchemaAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        SchemaScope.WithoutBookkeeping(await session.ReadSchemaAsync(cancellationToken).ConfigureAwait(false), Engine.Measurement.Rows.IsOwn);

    /// <summary>Fingerprint of that schema.</summary>
    public async Task<string> FingerprintAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        (await SchemaAsync(session, cancellationToken).ConfigureAwait(false)).Fingerprint();
}
