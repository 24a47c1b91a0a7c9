using SafeDb.Addresses;
using SafeDb.Providers;

namespace SafeDb.Risk;

/// <summary>A question to a real database that tells how many rows a finding is about.</summary>
/// <param name="Meaning">What the number counts, for a person: "rows of orders with NULL in customer_id".</param>
/// <param name="Sql">One query that changes nothing and gives one row with one whole number.</param>
public sealed record RiskProbe(string Meaning, string Sql)
{
    /// <summary>The finding's level when the answer is 0, or null to leave it.</summary>
    public RiskLevel? LevelWhenZero { get; init; }

    /// <summary>The finding's level when the answer is greater than 0, or null to leave it.</summary>
    public RiskLevel? LevelWhenAny { get; init; }

    /// <summary>What is to be done before anything else when the answer is greater than 0, or null; it comes before the finding's advice.</summary>
    public string? FirstWhenAny { get; init; }
}

/// <summary>What the risk analysis asks a real database. One per engine. Implementations change nothing in the database and never leave a transaction open.</summary>
public interface IRiskDatabase
{
    /// <summary>The engine.</summary>
    DatabaseEngine Engine { get; }

    /// <summary>Reads sizes, columns, indexes, constraints and dependants, consistently. Never waits for a lock for long.</summary>
    Task<ICatalogFacts> ReadFactsAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Answers a probe within a limit of time; null when the limit was reached or the database refused the query.</summary>
    Task<long?> CountAsync(IDatabaseSession session, RiskProbe probe, TimeSpan limit, CancellationToken cancellationToken);
}
