using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace SafeDb.Stores;

/// <summary>What Unix file systems offer beyond the class library: flushing a folder, and reading a file that somebody holds.</summary>
internal static class UnixFiles
{
    private const int ReadOnly = 0;

    /// <summary>Flushes the folder itself, so that a rename or removal in it survives a power cut. Windows has no such call and needs none: NTFS logs its metadata in order.</summary>
    internal static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = Open(CPath(folder), ReadOnly);
        if (descriptor < 0) throw Failure();
        try
        {
            // EINVAL: a file system (some network and user-space ones) that cannot flush folders.
            const int notSupported = 22;
            if (Synchronise(descriptor) != 0 && Marshal.GetLastPInvokeError() != notSupported) throw Failure();
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>The content under a name, also while a handle with an exclusive share mode exists.</summary>
    internal static byte[] ReadHeld(string path)
    {
        int descriptor = Open(CPath(path), ReadOnly);
        if (descriptor < 0) throw Failure();
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        byte[] content = new byte[RandomAccess.GetLength(handle)];
        int read = RandomAccess.Read(handle, content, 0);
        return content[..read];
    }

    private static byte[] CPath(string path) => [.. Encoding.UTF8.GetBytes(path), 0];

    private static IOException Failure()
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Synchronise(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
