using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SafeDb.Sqlite.Files;

/// <summary>
/// What the base class library does not tell of a file: its owner, and which file a name leads to. Linux only: <c>statx</c> has one layout on every processor, which the older
/// calls of other systems do not have.
/// </summary>
internal static partial class FileStatus
{
    private const int CurrentFolder = -100;
    private const uint OwnerMask = 0x18;
    private const uint InodeMask = 0x100;
    private const int StructureBytes = 256;
    private const int OwnerOffset = 20;
    private const int GroupOffset = 24;
    private const int InodeOffset = 32;
    private const int DeviceOffset = 136;

    /// <summary>Keeps a file's owner when another file takes its place, so that a restore by root does not lock the application out.</summary>
    public static void TakeOverOwner(string from, string to)
    {
        if (!OperatingSystem.IsLinux()) return;
        (uint Owner, uint Group) wanted = Owner(from);
        if (Owner(to) == wanted) return;
        if (chown(to, wanted.Owner, wanted.Group) != 0) throw SqliteErrors.AccessDenied.Exception($"{from} (its owner cannot be kept)");
    }

    /// <summary>Whether two names lead to one file (hard links). False where that cannot be told, and when one does not exist.</summary>
    public static bool IsSameFile(string one, string other) =>
        OperatingSystem.IsLinux() && File.Exists(one) && File.Exists(other) && Identity(one) == Identity(other);

    private static (uint Owner, uint Group) Owner(string path)
    {
        byte[] status = Read(path, OwnerMask);
        return (Number(status, OwnerOffset), Number(status, GroupOffset));
    }

    // The inode's two halves, and the device's major and minor number.
    private static (uint, uint, uint, uint) Identity(string path)
    {
        byte[] status = Read(path, InodeMask);
        return (Number(status, InodeOffset), Number(status, InodeOffset + 4), Number(status, DeviceOffset), Number(status, DeviceOffset + 4));
    }

    private static byte[] Read(string path, uint mask)
    {
        byte[] status = new byte[StructureBytes];
        return statx(CurrentFolder, path, 0, mask, status) == 0
            ? status
            : throw new IOException($"{Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}: {path}", Marshal.GetLastPInvokeError());
    }

    private static uint Number(byte[] status, int offset) => BitConverter.IsLittleEndian
        ? BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(offset))
        : BinaryPrimitives.ReadUInt32BigEndian(status.AsSpan(offset));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, [Out] byte[] status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);
}
