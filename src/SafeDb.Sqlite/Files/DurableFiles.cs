using System.Runtime.InteropServices;

namespace SafeDb.Sqlite.Files;

/// <summary>What makes a change of a folder last through a loss of power, and hard links; neither is in the base class library.</summary>
internal static partial class DurableFiles
{
    public static void SyncFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Windows has no such call; NTFS journals its folders.</summary>
    public static void SyncFolderOf(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        string folder = Path.GetDirectoryName(path)!;
        int descriptor = open(folder, 0);
        if (descriptor < 0) throw Failure(folder);
        int result = fsync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);

        // EINVAL: the file system has nothing to synchronise for a folder.
        if (result != 0 && error != 22) throw Failure(folder, error);
    }

    /// <summary>A second name for a file. Fails when the name is taken.</summary>
    public static void Link(string existing, string name)
    {
        if (link(existing, name) != 0) throw Failure(name);
    }

    private static IOException Failure(string path, int? error = null)
    {
        int code = error ?? Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(code)}: {path}", code);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);
}
