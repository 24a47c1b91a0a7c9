using SafeDb.Sqlite.Native;

namespace SafeDb.Sqlite.Files;

/// <summary>Where private copies are made, and whether there is room.</summary>
internal static class ScratchFolder
{
    /// <summary>The folder asked for; else the database's own (it has the room and the protection that the data needs); else, when that cannot be written, the user's temporary folder.</summary>
    public static string Choose(string? wish, string databasePath, long bytes)
    {
        string folder;
        if (!string.IsNullOrEmpty(wish))
        {
            folder = Named(SqliteAddressParser.TryParse(wish) is { } address ? SqlitePath.Of(address) : Path.GetFullPath(wish));
            if (!Directory.Exists(folder)) throw SqliteErrors.FolderMissing.Exception(folder);
        }
        else
        {
            folder = Path.GetDirectoryName(databasePath)!;
            if (!CanWrite(folder)) folder = Path.GetTempPath();
        }

        CheckRoom(folder, bytes);
        return folder;
    }

    /// <summary>The folder that a path is or lies in.</summary>
    public static string Folder(string path) => Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;

    // A name without an ending that is not there is a folder that is missing, not a file to come: a slip of the pen must not put the data elsewhere.
    private static string Named(string path) => File.Exists(path) || Path.HasExtension(path) ? Folder(path) : path;

    public static void CheckRoom(string folder, long bytes)
    {
        long free = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        if (free < bytes) throw SqliteErrors.NoRoom.Exception(folder, bytes, free);
    }

    public static bool CanWrite(string folder)
    {
        // A kill at this moment leaves it: so it has a name that the next run cleans up, and is shared, so that one doing so now disturbs nobody.
        string probe = Path.Combine(folder, ScratchFile.NewLockName);
        try
        {
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.DeleteOnClose)) return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
