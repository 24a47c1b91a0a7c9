using SafeDb.Archive;

namespace SafeDb.Catalogue;

/// <summary>
/// What a listing says of the verifications of an archive. Records that were forged or moved are no evidence of anything. A failure that is the last word is told, since it says that something changed;
/// else the deepest verification that passed since the last failure, the newest of its level: a later look at the checksums takes nothing away from a drill.
/// </summary>
internal static class ListedVerification
{
    /// <summary>A listing's entry with what the records beside the archive say.</summary>
    public static BackupInfo Add(BackupInfo backup, IReadOnlyList<VerificationEntry> entries)
    {
        VerificationEntry[] believed = [.. entries.Where(entry => entry.State is VerificationState.Valid or VerificationState.Unkeyed or VerificationState.Unchecked)];
        int failed = Array.FindLastIndex(believed, entry => !entry.Record.Passed);
        VerificationEntry? told = failed == believed.Length - 1 ? believed.LastOrDefault() : believed.Skip(failed + 1).Reverse().MaxBy(Depth);

        VerificationEntry[] authenticated = [.. entries.Where(entry => entry.State is VerificationState.Valid or VerificationState.Unkeyed)];
        int drill = Array.FindLastIndex(authenticated, entry => entry.Record.Level == nameof(VerificationLevel.Restore));
        return backup with
        {
            VerifiedAt = told?.Record.VerifiedAt,
            Verification = told is null ? null : $"{told.Record.Level}: {(told.Record.Passed ? "Passed" : "Failed")}{(told.State == VerificationState.Unchecked ? " (not authenticated)" : string.Empty)}",
            Verified = drill >= 0 && authenticated[drill..].All(entry => entry.Record.Passed),
            DrilledAt = drill >= 0 ? authenticated[drill].Record.VerifiedAt : null,
        };
    }

    // Levels are written by name; one of a later version counts least.
    private static int Depth(VerificationEntry entry) => Enum.TryParse(entry.Record.Level, out VerificationLevel level) ? (int)level : -1;
}
