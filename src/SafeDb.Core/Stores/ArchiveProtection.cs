namespace SafeDb.Stores;

/// <summary>What keeps an archive from being changed or removed, by the store itself, whoever asks.</summary>
/// <param name="ImmutableUntil">Until when, in UTC; null for no immutability policy.</param>
/// <param name="Locked">Whether the policy can only be prolonged, by nobody shortened.</param>
/// <param name="LegalHold">Whether a legal hold is set, which lasts until somebody clears it.</param>
public sealed record ArchiveProtection(DateTimeOffset? ImmutableUntil, bool Locked, bool LegalHold);
