namespace SafeDb.Retention;

/// <summary>An archive as retention sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Database">The database it is of; each database is decided for itself.</param>
/// <param name="Time">Moment that its data shows, in UTC, from its authenticated manifest; null when the manifest could not be authenticated.</param>
/// <param name="Verified">Whether its last restore drill passed.</param>
/// <param name="Held">Whether a legal hold or an immutability policy protects it.</param>
public sealed record RetentionCandidate(string Name, string Database, DateTimeOffset? Time, bool Verified, bool Held)
{
    /// <summary>
    /// What sets it apart from full backups, such as <c>filtered: definitions without rows</c> or <c>partial</c>; null for a full one. Archives that it sets apart alike are a series of their own, which is decided for itself.
    /// </summary>
    public string? Apart { get; init; }

    /// <summary>What protects it; null when that is not known.</summary>
    public string? HeldBy { get; init; }

    /// <summary>Why its manifest could not be authenticated; null when it could, or when that is not known.</summary>
    public string? Problem { get; init; }
}

/// <summary>What happens to an archive, and why.</summary>
/// <param name="Candidate">The archive.</param>
/// <param name="Keep">Whether it stays.</param>
/// <param name="Reasons">Every reason to keep it; for one that goes, why nothing keeps it.</param>
public sealed record RetentionDecision(RetentionCandidate Candidate, bool Keep, IReadOnlyList<string> Reasons);
