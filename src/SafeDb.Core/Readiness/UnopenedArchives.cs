using SafeDb.Archive;
using SafeDb.Catalogue;

namespace SafeDb.Readiness;

/// <summary>Archives whose manifest no given key opens. Nothing is known of them, so that they are neither counted as backups nor said to be none.</summary>
internal static class UnopenedArchives
{
    /// <summary>What to do about them.</summary>
    public const string Advice = "Give the key that opens the archives, or name it in safedb.json, and look again.";

    /// <summary>All of them.</summary>
    public static BackupInfo[] Of(ReadinessFacts facts) => [.. facts.Backups.Where(backup => backup.Verification == BackupCatalogue.NotOpened)];

    /// <summary>What that leaves open about backups of the whole database; null when it leaves nothing open. Those that say themselves that they were taken with filters are none, whatever a key would show.</summary>
    public static string? Doubt(ReadinessFacts facts)
    {
        BackupInfo[] unopened = [.. Of(facts).Where(backup => backup.Coverage != ArchiveExtent.Filtered)];
        string rest = unopened.Length == 1 ? "whether it holds the whole database, from when it is and whether it was drilled" : "which hold the whole database, from when they are and whether they were drilled";
        return unopened.Length == 0 ? null : $"{Why(unopened)}, so it cannot be told of {Counted.Of(unopened.Length, "archive")} in {facts.Destination} {rest}";
    }

    /// <summary>Why they were not opened.</summary>
    public static string Why(BackupInfo[] unopened) =>
        unopened.All(backup => backup.Reason?.StartsWith(ArchiveErrors.KeyRequired.Id, StringComparison.Ordinal) == true) ? "no key was given" : "the keys that were given do not open every archive";
}
