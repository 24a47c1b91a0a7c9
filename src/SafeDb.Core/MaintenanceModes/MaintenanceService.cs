using SafeDb.Addresses;
using SafeDb.Providers;

namespace SafeDb.MaintenanceModes;

/// <summary>Begins, ends and shows maintenance of a database.</summary>
/// <param name="provider">The engine's provider.</param>
/// <param name="mode">The engine's maintenance mode.</param>
public sealed class MaintenanceService(IDatabaseProvider provider, IMaintenanceMode mode)
{
    /// <summary>How it is now.</summary>
    public Task<MaintenanceState> ReadAsync(DatabaseAddress database, CancellationToken cancellationToken) =>
        WithSessionAsync(database, session => mode.ReadAsync(session, database, cancellationToken), cancellationToken);

    /// <summary>Begins it.</summary>
    public Task<MaintenanceState> EnterAsync(DatabaseAddress database, MaintenanceRequest request, CancellationToken cancellationToken) =>
        WithSessionAsync(database, session => mode.EnterAsync(session, database, request, cancellationToken), cancellationToken);

    /// <summary>Ends it.</summary>
    public Task<MaintenanceState> LeaveAsync(DatabaseAddress database, CancellationToken cancellationToken) =>
        WithSessionAsync(database, session => mode.LeaveAsync(session, database, cancellationToken), cancellationToken);

    private async Task<MaintenanceState> WithSessionAsync(DatabaseAddress database, Func<IDatabaseSession, Task<MaintenanceState>> work, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await provider.OpenSessionAsync(database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await work(session).ConfigureAwait(false);
        }
    }
}
