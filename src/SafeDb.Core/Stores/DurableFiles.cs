using System.Runtime.InteropServices;

using Microsoft.Win32.SafeHandles;

namespace SafeDb.Stores;

/// <summary>
/// What file systems promise beyond the base class library: a change of a folder that lasts through a loss of power, a second name for a file, a name that is taken only while it is free, and
/// reading a file that somebody holds. What the system refuses is an <see cref="IOException"/> whose HResult is the system's error number.
/// </summary>
public static partial class DurableFiles
{
    private const int ReadOnly = 0;
    private const int CurrentFolder = -100; // AT_FDCWD of Linux
    private const uint OnlyFreeNameLinux = 1; // RENAME_NOREPLACE of Linux
    private const uint OnlyFreeNameMac = 4; // RENAME_EXCL of macOS
    private const int Exists = 17; // EEXIST of Linux and macOS
    private const int Invalid = 22; // EINVAL of Linux and macOS

    /// <summary>Flushes a file's content and size to the disk.</summary>
    public static void SyncFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Flushes a folder itself, so that a rename or a removal in it survives a loss of power. Windows has no such call and needs none: NTFS logs its metadata in order.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = open(folder, ReadOnly);
        if (descriptor < 0) throw Failure(folder, Marshal.GetLastPInvokeError());
        int result = fsync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = close(descriptor);

        // Invalid: the file system (some network and user-space ones) has nothing to synchronise for a folder.
        if (result != 0 && error != Invalid) throw Failure(folder, error);
    }

    /// <summary>A second name for a file. Fails when the name is taken. Not on Windows.</summary>
    public static void Link(string existing, string name)
    {
        if (link(existing, name) != 0) throw Failure(name, Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Renames a file to a name that nobody has, as one step: of several who want the name one gets it, the others an <see cref="IOException"/>. <see cref="File.Move(string, string, bool)"/>
    /// without overwriting only looks first on Unix, and then replaces what has come since. File systems that cannot rename so are left with that.
    /// </summary>
    public static void MoveToFreeName(string source, string name)
    {
        if (RenameToFreeName(source, name) is not { } error) File.Move(source, name, overwrite: false);
        else if (error != 0) throw Failure(name, error);
    }

    /// <summary>The content under a name, also while a handle with an exclusive share mode exists. Not on Windows.</summary>
    public static byte[] ReadHeld(string path)
    {
        int descriptor = open(path, ReadOnly);
        if (descriptor < 0) throw Failure(path, Marshal.GetLastPInvokeError());
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        byte[] content = new byte[RandomAccess.GetLength(handle)];
        int read = RandomAccess.Read(handle, content, 0);
        return content[..read];
    }

    /// <summary>0 when renamed, the error when the name is taken, null when the system cannot tell or refuses for a reason that the class library explains better.</summary>
    private static int? RenameToFreeName(string source, string name)
    {
        try
        {
            int result = OperatingSystem.IsLinux() ? renameat2(CurrentFolder, source, CurrentFolder, name, OnlyFreeNameLinux)
                : OperatingSystem.IsMacOS() ? renamex_np(source, name, OnlyFreeNameMac)
                : -1;
            if (result == 0) return 0;
            return !OperatingSystem.IsWindows() && Marshal.GetLastPInvokeError() == Exists ? Exists : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library older than the call
        }
    }

    private static IOException Failure(string path, int error) => new($"{Marshal.GetPInvokeErrorMessage(error)}: {path}", error);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int fromFolder, string from, int toFolder, string to, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renamex_np(string from, string to, uint flags);
}
