using Microsoft.Data.Sqlite;

using SafeDb.Sqlite.Files;
using SafeDb.Sqlite.Native;

using SQLitePCL;

namespace SafeDb.Sqlite.Backup;

/// <summary>
/// Copies a live database into a private file with the library's backup interface in one single step. One step is one read transaction, so writers of other processes can
/// neither tear the copy nor make it start over (which several steps allow them to do for ever). With a write-ahead log writers go on; with a rollback journal their
/// commits wait for the copy, as for any reader.
/// </summary>
internal static class OnlineCopy
{
    private const int Attempts = 4;

    public static async Task TakeAsync(SqliteConnection source, string sourcePath, ScratchFile target, CancellationToken cancellationToken)
    {
        // So that the file exists with the right mode before the library writes to it.
        await target.OpenNew().DisposeAsync().ConfigureAwait(false);
        for (int attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using SqliteConnection copy = SqliteConnections.OpenPrivate(target.FullPath);
            copy.Run("PRAGMA synchronous = OFF");
            int result = Copy(source, copy);
            if (result == raw.SQLITE_OK) return;
            if (result is raw.SQLITE_BUSY or raw.SQLITE_LOCKED && attempt < Attempts) continue; // each attempt has waited for the busy timeout
            throw SqliteFailure.From(result, result, raw.sqlite3_errstr(result).utf8_to_string(), sourcePath);
        }
    }

    private static int Copy(SqliteConnection source, SqliteConnection target)
    {
        // The backup interface does not call the busy handler of the source; a read transaction opened first does the waiting.
        source.Run("BEGIN");
        try
        {
            _ = source.Number("SELECT count(*) FROM sqlite_master");
            sqlite3_backup backup = raw.sqlite3_backup_init(target.Handle, "main", source.Handle, "main");
            if (backup is null || backup.IsInvalid) return raw.sqlite3_errcode(target.Handle);
            int step = raw.sqlite3_backup_step(backup, -1);
            int finish = raw.sqlite3_backup_finish(backup);
            return step is raw.SQLITE_DONE or raw.SQLITE_OK ? finish : step & 0xff;
        }
        finally
        {
            source.Run("ROLLBACK");
        }
    }
}
