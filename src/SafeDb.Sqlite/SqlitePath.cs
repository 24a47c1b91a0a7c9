using Microsoft.Data.Sqlite;

using SafeDb.Addresses;

namespace SafeDb.Sqlite;

/// <summary>The file behind an address, and its neighbours.</summary>
internal static class SqlitePath
{
    /// <summary>Files that SQLite keeps beside a database.</summary>
    public static readonly IReadOnlyList<string> Sidecars = ["-wal", "-shm", "-journal"];

    public static string Of(DatabaseAddress address) => new SqliteConnectionStringBuilder(address.GetConnectionString()).DataSource;

    public static string Display(string path) => "sqlite://" + (path.StartsWith('/') ? string.Empty : "/") + path.Replace('\\', '/');

    /// <summary>The address of a file, with the options of another address.</summary>
    public static DatabaseAddress ToAddress(string path, string? options = null)
    {
        var builder = new SqliteConnectionStringBuilder(options ?? string.Empty) { DataSource = path, Pooling = false };
        return new DatabaseAddress(DatabaseEngine.Sqlite, builder.ConnectionString, Display(path), Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>
    /// Whether a file is there. Never opens it: closing any descriptor of a database file would drop the locks that SQLite holds on it in this process.
    /// </summary>
    public static bool Exists(string path)
    {
        try
        {
            return !File.GetAttributes(path).HasFlag(FileAttributes.Directory) ? true : throw SqliteErrors.IsFolder.Exception(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (UnauthorizedAccessException e)
        {
            throw SqliteErrors.AccessDenied.Caused(e, path);
        }
        catch (IOException e)
        {
            throw SqliteFailure.From(e, path);
        }
    }

    public static void DeleteWithSidecars(string path)
    {
        foreach (string sidecar in Sidecars) File.Delete(path + sidecar);
        File.Delete(path);
    }
}
