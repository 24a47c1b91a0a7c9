namespace SafeDb.Catalogue;

/// <summary>Which archives of a destination are wanted.</summary>
/// <param name="Destination">Folder or blob address.</param>
public sealed record CatalogueQuery(string Destination)
{
    /// <summary>The archive's name or the database's name (wildcards); null for all.</summary>
    public string? Name { get; init; }

    /// <summary>Only backups that show this moment or a later one.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only those whose last restore drill passed.</summary>
    public bool VerifiedOnly { get; init; }

    /// <summary>Age up to which a backup is within the policy; null when no policy is asked.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Open every manifest with the keys given, so that times, rows and verifications are authenticated. Slower: a passphrase costs about a fifth of a second per archive.</summary>
    public bool Authenticate { get; init; }
}
