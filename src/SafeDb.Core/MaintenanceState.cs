using SafeDb.Addresses;

namespace SafeDb;

/// <summary>Whether a database is in maintenance: what <c>Set-SafeDbMaintenance</c> returns.</summary>
public sealed record MaintenanceState
{
    /// <summary>The database, without secrets.</summary>
    public required string Database { get; init; }

    /// <summary>Its engine.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>Whether it is in maintenance.</summary>
    public required bool On { get; init; }

    /// <summary>Since when, in UTC; null when it is off.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why; null when it is off.</summary>
    public string? Reason { get; init; }

    /// <summary>Who began it; null when it is off.</summary>
    public string? By { get; init; }

    /// <summary>The run that it belongs to, or null.</summary>
    public string? RunId { get; init; }

    /// <summary>Whether the engine itself refuses the writes of others; otherwise programs must look for the mark.</summary>
    public bool Enforced { get; init; }

    /// <summary>What it does, and what not, in one sentence.</summary>
    public string Effect { get; init; } = "";

    /// <summary>Sessions of others that were ended by this call.</summary>
    public int SessionsEnded { get; init; }

    /// <summary>Sessions of others that could not be ended, as process id and user.</summary>
    public IReadOnlyList<string> SessionsLeft { get; init; } = [];
}
