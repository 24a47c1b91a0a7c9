using SafeDb.Stores;

namespace SafeDb.Configuration;

/// <summary>How a destination protects new archives, where its store can: an immutability policy, a legal hold.</summary>
public sealed record ProtectionSettings
{
    /// <summary>How long a new archive can be neither changed nor removed; null for no policy.</summary>
    public TimeSpan? ImmutableFor { get; init; }

    /// <summary>Whether the policy is locked: then nobody, not even the account's owner, can shorten it.</summary>
    public bool Locked { get; init; }

    /// <summary>Whether new archives are put under legal hold.</summary>
    public bool LegalHold { get; init; }

    /// <summary>The protection of an archive written now; null for none.</summary>
    public ArchiveProtection? At(DateTimeOffset now) =>
        ImmutableFor is null && !LegalHold ? null : new ArchiveProtection(now + ImmutableFor, Locked, LegalHold);
}

/// <summary>To which cheaper tier archives go with age, where the store has tiers. Only tiers that are read at once: an archive that must be rehydrated for hours first is no way back.</summary>
public sealed record TierSettings
{
    /// <summary>Age from which an archive lies in the cool tier; null for never.</summary>
    public TimeSpan? Cool { get; init; }

    /// <summary>Age from which an archive lies in the cold tier; null for never.</summary>
    public TimeSpan? Cold { get; init; }

    /// <summary>The tier for an archive of this age; null to leave it where it is.</summary>
    public string? For(TimeSpan age) => age >= Cold ? "Cold" : age >= Cool ? "Cool" : null;
}
