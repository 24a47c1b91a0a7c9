using SafeDb.Archive;

namespace SafeDb.Catalogue;

/// <summary>
/// What a listing says of the verifications of an archive. Records that were forged or moved are no evidence of anything. A failure that is the last word is told, since it says that something changed;
/// else the deepest verification that passed since the last failure, the newest of its level: a later look at the checksums takes nothing away from a drill. One that left objects out counts less than a whole one of its level,
/// and is no drill.
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
        int drill = Array.FindLastIndex(authenticated, entry => entry.Record.Level == nameof(VerificationLevel.Restore) && (entry.Record.IsWhole || !entry.Record.Passed));
        return backup with
        {
            VerifiedAt = told?.Record.VerifiedAt,
            Verification = told is null ? null : Text(told),
            LeftOut = told?.Record.LeftOut ?? [],
            Verified = drill >= 0 && authenticated[drill..].All(entry => entry.Record.Passed),
            DrilledAt = drill >= 0 ? authenticated[drill].Record.VerifiedAt : null,
        };
    }

    private static string Text(VerificationEntry entry)
    {
        VerificationRecord record = entry.Record;
        string[] notes =
        [
            .. record.IsWhole ? Array.Empty<string>() : [$"{Counted.Of(record.LeftOut!.Count, "object")} left out"],
            .. record.NotCompared is { Count: > 0 } ? [$"without {string.Join(" and ", record.NotCompared)}"] : Array.Empty<string>(),
            .. entry.State == VerificationState.Unchecked ? ["not authenticated"] : Array.Empty<string>(),
        ];
        return $"{record.Level}: {(record.Passed ? "Passed" : "Failed")}{(notes.Length == 0 ? string.Empty : $" ({string.Join("; ", notes)})")}";
    }

    // Levels are written by name; one of a later version counts least.
    private static int Depth(VerificationEntry entry) => Enum.TryParse(entry.Record.Level, out VerificationLevel level) ? (2 * (int)level) + (entry.Record.IsWhole ? 1 : 0) : -1;
}
