using System.Globalization;

using Microsoft.Data.Sqlite;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Providers;
using SafeDb.Sqlite.Backup;
using SafeDb.Sqlite.Content;
using SafeDb.Sqlite.Files;
using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Schema;

namespace SafeDb.Sqlite.Restore;

/// <summary>Where a restore goes: everything that can be checked before anything is created.</summary>
/// <param name="Path">The target file with links resolved; the scratch copy's own folder in scratch mode.</param>
/// <param name="Folder">Folder in which the copy is made: the target's, since a rename is atomic only inside one file system.</param>
/// <param name="ImageBytes">Length of the image.</param>
internal sealed record RestorePlace(string Path, string Folder, long ImageBytes)
{
    public static RestorePlace Check(RestoreRequest request, ArchiveManifest manifest)
    {
        if (manifest.Source.Engine != DatabaseEngine.Sqlite) throw SqliteErrors.OtherEngine.Exception(manifest.Source.Engine);
        CheckTables(request, manifest);
        long bytes = manifest.Properties.TryGetValue(ImageProperties.Bytes, out string? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw SqliteErrors.ImageIncomplete.Exception("its manifest does not say how long the file is");
        string path = SqlitePath.Of(request.Address);
        if (request.Mode != RestoreMode.Scratch && File.Exists(path)) path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        string folder = request.Mode == RestoreMode.Scratch ? ScratchFolder.Folder(path) : System.IO.Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) throw SqliteErrors.FolderMissing.Exception(folder);
        if (request.Mode == RestoreMode.New) CheckNew(path);
        if (request.Mode == RestoreMode.Replace && !SqlitePath.Exists(path)) CheckNoJournals(path);
        if (!ScratchFolder.CanWrite(folder)) throw SqliteErrors.AccessDenied.Exception(folder);
        ScratchFolder.CheckRoom(folder, bytes);
        return new RestorePlace(path, folder, bytes);
    }

    /// <summary>A new database may take the place of nothing, or of a database without any object.</summary>
    public static void CheckNew(string path)
    {
        if (!SqlitePath.Exists(path))
        {
            CheckNoJournals(path);
            return;
        }

        if (new FileInfo(path).Length == 0) return;
        using SqliteConnection connection = SqliteConnections.Open(new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 2 }.ConnectionString);
        if (connection.Number("SELECT count(*) FROM sqlite_master") > 0) throw SqliteErrors.TargetExists.Exception(path);
    }

    public static void CheckNoJournals(string path)
    {
        string? stale = SqlitePath.Sidecars.Select(sidecar => path + sidecar).FirstOrDefault(File.Exists);
        if (stale is not null) throw SqliteErrors.StaleJournal.Exception(stale);
    }

    private static void CheckTables(RestoreRequest request, ArchiveManifest manifest)
    {
        foreach (string pattern in request.Tables)
        {
            if (!manifest.Tables.Any(table => TableSelection.MatchesAny([pattern], Unquoted(table.Name)))) throw SqliteErrors.TableMissing.Exception(pattern);
        }
    }

    private static string Unquoted(string identity) => SqlTokens.Read(identity).Select(token => token.Text).FirstOrDefault() ?? identity;
}
