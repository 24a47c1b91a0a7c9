using Microsoft.Data.Sqlite;

using SafeDb.Providers;
using SafeDb.Sqlite.Files;
using SafeDb.Sqlite.Native;
using SafeDb.Stores;

namespace SafeDb.Sqlite.Restore;

/// <summary>
/// Puts a finished copy in its place. At every moment the target's name leads to the whole old or the whole new database: the old one first gets a second name (a hard link),
/// then one rename puts the new one over the first name. The old database is held exclusively meanwhile.
/// </summary>
internal static class DatabaseSwap
{
    /// <summary>Returns where the old database was kept, or null when there was none.</summary>
    public static string? Commit(string copy, string target, RestoreMode mode, TimeProvider clock)
    {
        Settle(copy);
        if (!SqlitePath.Exists(target))
        {
            PlaceNew(copy, target);
            return null;
        }

        using TargetHold? hold = TargetHold.Take(target);
        if (hold is null && mode == RestoreMode.New) throw SqliteErrors.TargetExists.Exception(target);
        if (mode == RestoreMode.New && hold!.Objects() > 0) throw SqliteErrors.TargetExists.Exception(target);
        if (hold is null) CheckUnused(target);
        TakeOverRights(target, copy);
        string kept = KeptDatabase.FreeName(target, clock);
        Replace(copy, target, kept, hold);
        if (mode == RestoreMode.New)
        {
            SqlitePath.DeleteWithSidecars(kept);
            return null;
        }

        if (hold is { WasWal: true }) GiveBackWal(kept);
        return kept;
    }

    /// <summary>A rehearsal may have left a journal; the copy must stand in its one file, on the disk.</summary>
    private static void Settle(string copy)
    {
        using (SqliteConnection connection = SqliteConnections.OpenPrivate(copy))
        {
            if (connection.Text("PRAGMA journal_mode") == "wal") connection.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        RestorePlace.CheckNoJournals(copy);
        DurableFiles.SyncFile(copy);
    }

    private static void PlaceNew(string copy, string target)
    {
        RestorePlace.CheckNoJournals(target);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(copy, DefaultMode(copy));
        try
        {
            // Never over a file that has just appeared.
            DurableFiles.MoveToFreeName(copy, target);
        }
        catch (IOException e) when (File.Exists(target))
        {
            throw SqliteErrors.TargetExists.Caused(e, target);
        }

        DurableFiles.SyncFolder(Path.GetDirectoryName(target)!);
    }

    private static void Replace(string copy, string target, string kept, TargetHold? hold)
    {
        if (OperatingSystem.IsWindows())
        {
            // Windows does not rename over a file that is open, not even by us; for the same reason nobody else can have it open.
            hold?.Close();
            File.Replace(copy, target, kept);
            MoveJournals(target, kept);
            return;
        }

        DurableFiles.Link(target, kept);
        try
        {
            MoveJournals(target, kept);
            DurableFiles.SyncFolder(Path.GetDirectoryName(target)!);
            File.Move(copy, target, overwrite: true);
        }
        catch (Exception)
        {
            MoveJournals(kept, target);
            File.Delete(kept);
            throw;
        }

        DurableFiles.SyncFolder(Path.GetDirectoryName(target)!);
        hold?.Close();
    }

    /// <summary>Only a damaged database, which the library could not settle, still has journals; they go with it.</summary>
    private static void MoveJournals(string from, string to)
    {
        foreach (string sidecar in SqlitePath.Sidecars.Where(sidecar => File.Exists(from + sidecar))) File.Move(from + sidecar, to + sidecar, overwrite: true);
    }

    private static void CheckUnused(string target)
    {
        IReadOnlyList<string> holders = OtherHolders.Find(target, ownDescriptors: 0);
        if (holders.Count > 0) throw SqliteErrors.InUse.Exception(target, string.Join(", ", holders));
    }

    private static void GiveBackWal(string kept)
    {
        try
        {
            using SqliteConnection connection = SqliteConnections.OpenPrivate(kept);
            connection.Run("PRAGMA journal_mode = WAL");
        }
        catch (Exception e) when (e is SqliteException or SafeDb.Errors.SafeDbException)
        {
            // The swap is done and must not be called a failure: the kept database is whole, only in the other journal mode.
        }
    }

    private static void TakeOverRights(string target, string copy)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(copy, File.GetUnixFileMode(target));
        FileStatus.TakeOverOwner(target, copy);
    }

    /// <summary>What the user's umask gives a new file.</summary>
    private static UnixFileMode DefaultMode(string copy)
    {
        string probe = copy + ".mode";
        using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
        {
            return OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(probe);
        }
    }
}
