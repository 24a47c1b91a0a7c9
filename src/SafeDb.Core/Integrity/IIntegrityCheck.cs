using SafeDb.Addresses;
using SafeDb.Providers;

namespace SafeDb.Integrity;

/// <summary>
/// Looks for damage and broken rules in a database. One per engine. Only reads; takes no lock that would keep others from writing. What it may not or cannot look at becomes a finding
/// of <see cref="IntegritySeverity.NotChecked"/>: silence always means that it was looked at and sound.
/// </summary>
public interface IIntegrityCheck
{
    /// <summary>The engine.</summary>
    DatabaseEngine Engine { get; }

    /// <summary>Ids of the checks, in the order in which they run.</summary>
    IReadOnlyList<string> Checks { get; }

    /// <summary>Runs every check in a session that has no transaction open, and leaves none open.</summary>
    /// <param name="session">The session.</param>
    /// <param name="begins">Told the id of each check before it runs.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<IntegrityFinding>> RunAsync(IDatabaseSession session, Action<string> begins, CancellationToken cancellationToken);
}

/// <summary>How bad a finding is.</summary>
public enum IntegritySeverity
{
    /// <summary>The engine's own structures are damaged.</summary>
    Damage,

    /// <summary>Rows break a rule that the schema or the project states.</summary>
    Violation,

    /// <summary>Something does not do its work, such as an invalid index.</summary>
    Warning,

    /// <summary>It could not be looked at.</summary>
    NotChecked,
}
