using SafeDb.Addresses;
using SafeDb.Providers;

namespace SafeDb.MaintenanceModes;

/// <summary>
/// Keeps an application's writes away from a database while it is worked on. The state stands with the database itself, so that it survives a crash and any machine can end it; entering twice
/// changes nothing, and leaving restores exactly what was there before.
/// </summary>
public interface IMaintenanceMode
{
    /// <summary>The engine.</summary>
    DatabaseEngine Engine { get; }

    /// <summary>How it is now.</summary>
    Task<MaintenanceState> ReadAsync(IDatabaseSession session, DatabaseAddress database, CancellationToken cancellationToken);

    /// <summary>Begins it. When it is on already, answers with the state as it is. Sessions of others get the request's time to end their transactions, and are then ended where the engine can.</summary>
    Task<MaintenanceState> EnterAsync(IDatabaseSession session, DatabaseAddress database, MaintenanceRequest request, CancellationToken cancellationToken);

    /// <summary>Ends it; nothing when it is off.</summary>
    Task<MaintenanceState> LeaveAsync(IDatabaseSession session, DatabaseAddress database, CancellationToken cancellationToken);

    /// <summary>Lets a session of SafeDb's own write although maintenance is on.</summary>
    Task AdmitAsync(IDatabaseSession session, CancellationToken cancellationToken);
}

/// <summary>Why maintenance begins.</summary>
/// <param name="Reason">Why, for people.</param>
/// <param name="By">Who.</param>
/// <param name="At">When, in UTC.</param>
public sealed record MaintenanceRequest(string Reason, string By, DateTimeOffset At)
{
    /// <summary>The run that it belongs to, or null when a person began it.</summary>
    public string? RunId { get; init; }

    /// <summary>How long transactions that are open may go on before their sessions are ended.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);
}
