using System.Globalization;

namespace SafeDb.Sqlite.Files;

/// <summary>The dated name under which a replaced database is kept.</summary>
internal static class KeptDatabase
{
    private const string Infix = ".before-";

    /// <summary>A name beside the database that nothing has.</summary>
    public static string FreeName(string database, TimeProvider clock)
    {
        string name = $"{database}{Infix}{clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        string free = name;
        for (int i = 2; File.Exists(free); i++) free = string.Create(CultureInfo.InvariantCulture, $"{name}-{i}");
        return free;
    }

    /// <summary>Every kept name in a folder, with the database that it was kept of.</summary>
    public static IReadOnlyList<(string Kept, string Database)> In(string folder) =>
        [.. Directory.EnumerateFiles(folder, $"*{Infix}*").Select(kept => (kept, kept[..kept.LastIndexOf(Infix, StringComparison.Ordinal)]))];

    /// <summary>
    /// Removes a name that a swap, killed after it had given the live database its second name and before the copy took the first, has left: two names of one file, of which SQLite warns,
    /// because each has journals of its own. One that has journals stays: only a damaged database's do, and they belong with it.
    /// </summary>
    public static void RemoveIfLive(string kept, string database)
    {
        if (!FileStatus.IsSameFile(kept, database) || SqlitePath.Sidecars.Any(sidecar => File.Exists(kept + sidecar))) return;
        try
        {
            File.Delete(kept);
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's, in a folder that everybody may write to: it is his to remove.
        }
    }
}
