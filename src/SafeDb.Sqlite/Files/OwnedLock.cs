using System.Security.Cryptography;

namespace SafeDb.Sqlite.Files;

/// <summary>
/// A lock that vanishes with its process: a small file held open with <see cref="FileShare.None"/> (flock on Unix, sharing mode on Windows). The operating system frees it
/// when the process dies in whatever way, so it can never stick. Chosen over a row or an open transaction in the database, which would stick or would block its writers.
/// </summary>
internal sealed class OwnedLock : IAsyncDisposable
{
    private const int MaxToken = 4096;
    private readonly FileStream _file;

    private OwnedLock(FileStream file) => _file = file;

    /// <summary>Tries once; null when somebody holds it.</summary>
    public static OwnedLock? TryTake(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, Options());
        }
        catch (UnauthorizedAccessException e) when (!OperatingSystem.IsWindows())
        {
            throw SqliteErrors.AccessDenied.Caused(e, path);
        }
        catch (DirectoryNotFoundException e)
        {
            throw SqliteErrors.FolderMissing.Caused(e, Path.GetDirectoryName(path));
        }
        catch (Exception e) when (e is UnauthorizedAccessException || IsSharing(e))
        {
            // On Windows a lock file that is just being deleted by its last owner also answers "access denied".
            return null;
        }
        catch (IOException e)
        {
            throw SqliteFailure.From(e, path);
        }

        return Confirm(file, path) ? new OwnedLock(file) : Abandon(file);
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose, BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>
    /// On Unix the former owner may have unlinked the file between our open and our flock; then we hold a lock that nobody else can see. A random length tells: it
    /// shows under the path only when the path still leads to the file that we hold.
    /// </summary>
    private static bool Confirm(FileStream file, string path)
    {
        if (OperatingSystem.IsWindows()) return true;
        long length = file.Length;
        long token = 1 + ((length + RandomNumberGenerator.GetInt32(1, MaxToken)) % (MaxToken * 2));
        file.SetLength(token);
        var seen = new FileInfo(path);
        return seen.Exists && seen.Length == token;
    }

    private static OwnedLock? Abandon(FileStream file)
    {
        // Not by Dispose of a stream that deletes on close: the path may by now lead to another owner's file.
        file.SafeFileHandle.SetHandleAsInvalid();
        file.Dispose();
        return null;
    }

    private static bool IsSharing(Exception exception) =>
        exception is IOException && exception.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);
}
