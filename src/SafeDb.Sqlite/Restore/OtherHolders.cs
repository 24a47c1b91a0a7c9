using System.Globalization;

namespace SafeDb.Sqlite.Restore;

/// <summary>
/// Finds processes that have a file open. An idle connection to a database with a rollback journal holds no lock, so the locks cannot tell; Linux tells through <c>/proc</c>,
/// Windows by refusing to replace an open file. Elsewhere only active users are found.
/// </summary>
internal static class OtherHolders
{
    /// <param name="path">The file.</param>
    /// <param name="ownDescriptors">How many descriptors this process may have open on it.</param>
    public static IReadOnlyList<string> Find(string path, int ownDescriptors)
    {
        if (!OperatingSystem.IsLinux()) return [];
        var found = new List<string>();
        foreach (string process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), NumberStyles.None, CultureInfo.InvariantCulture, out int id)) continue;
            int open = CountOpen(process, path);
            if (open > (id == Environment.ProcessId ? ownDescriptors : 0)) found.Add(id == Environment.ProcessId ? "this process" : $"process {id}");
        }

        return found;
    }

    private static int CountOpen(string process, string path)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries(Path.Combine(process, "fd")).Count(descriptor => new FileInfo(descriptor).LinkTarget == path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended meanwhile, or is another user's, whose descriptors are not shown.
            return 0;
        }
    }
}
