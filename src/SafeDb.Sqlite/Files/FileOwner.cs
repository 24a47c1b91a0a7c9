using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SafeDb.Sqlite.Files;

/// <summary>
/// Keeps a file's owner when another file takes its place, so that a restore by root does not lock the application out. Linux only: <c>statx</c> has one layout on every
/// processor, which the older calls of other systems do not have.
/// </summary>
internal static partial class FileOwner
{
    private const int CurrentFolder = -100;
    private const uint OwnerMask = 0x18;
    private const int StructureBytes = 256;
    private const int OwnerOffset = 20;
    private const int GroupOffset = 24;

    public static void TakeOver(string from, string to)
    {
        if (!OperatingSystem.IsLinux()) return;
        (uint Owner, uint Group) wanted = Read(from);
        if (Read(to) == wanted) return;
        if (chown(to, wanted.Owner, wanted.Group) != 0) throw SqliteErrors.AccessDenied.Exception($"{from} (its owner cannot be kept)");
    }

    private static (uint Owner, uint Group) Read(string path)
    {
        byte[] status = new byte[StructureBytes];
        if (statx(CurrentFolder, path, 0, OwnerMask, status) != 0)
            throw new IOException($"{Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}: {path}", Marshal.GetLastPInvokeError());
        return (Number(status, OwnerOffset), Number(status, GroupOffset));
    }

    private static uint Number(byte[] status, int offset) => BitConverter.IsLittleEndian
        ? BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(offset))
        : BinaryPrimitives.ReadUInt32BigEndian(status.AsSpan(offset));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, [Out] byte[] status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint owner, uint group);
}
