using System.Buffers.Binary;
using System.Text;

namespace SafeDb.Archive.Zip;

/// <summary>
/// The one way in which an archive's ZIP structures are written. There is exactly one valid encoding of any archive, so a reader checks a structure by writing it again and comparing bytes.
/// Entries are stored, below 4 GiB each, without data descriptors, extra fields (except a ZIP64 offset in the central directory) and comments; the ZIP64 end records are always there.
/// </summary>
internal static class ZipLayout
{
    internal const int LocalHeaderSize = 30;
    internal const int CentralHeaderSize = 46;
    internal const int Zip64ExtraSize = 12;
    internal const int EndSize = Zip64EndSize + Zip64LocatorSize + ClassicEndSize;
    internal const uint MaxEntrySize = uint.MaxValue - 1;
    private const int Zip64EndSize = 56;
    private const int Zip64LocatorSize = 20;
    private const int ClassicEndSize = 22;
    private const ushort VersionNeeded = 45;
    private const ushort MadeByUnix = (3 << 8) | VersionNeeded;
    private const uint ReadOnlyFile = 0x8124u << 16; // S_IFREG | 0444: extraction with common tools gives plain read-only files

    internal static byte[] LocalHeader(ZipEntry entry, uint dosTime)
    {
        byte[] bytes = new byte[LocalHeaderSize + entry.Name.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0x04034b50);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), VersionNeeded);
        WriteCommon(bytes.AsSpan(6), entry, dosTime);
        Encoding.ASCII.GetBytes(entry.Name, bytes.AsSpan(LocalHeaderSize));
        return bytes;
    }

    internal static byte[] CentralHeader(ZipEntry entry, uint dosTime)
    {
        bool zip64 = NeedsZip64Offset(entry.Offset);
        byte[] bytes = new byte[CentralHeaderSize + entry.Name.Length + (zip64 ? Zip64ExtraSize : 0)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0x02014b50);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), MadeByUnix);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), VersionNeeded);
        WriteCommon(bytes.AsSpan(8), entry, dosTime);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(38), ReadOnlyFile);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(42), zip64 ? uint.MaxValue : (uint)entry.Offset);
        Encoding.ASCII.GetBytes(entry.Name, bytes.AsSpan(CentralHeaderSize));
        if (!zip64) return bytes;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(30), Zip64ExtraSize);
        Span<byte> extra = bytes.AsSpan(CentralHeaderSize + entry.Name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], sizeof(ulong));
        BinaryPrimitives.WriteInt64LittleEndian(extra[4..], entry.Offset);
        return bytes;
    }

    internal static bool NeedsZip64Offset(long offset) => offset >= uint.MaxValue;

    /// <summary>The three end records: ZIP64 end, its locator, classic end.</summary>
    internal static byte[] End(long entries, long directoryOffset, long directorySize)
    {
        byte[] bytes = new byte[EndSize];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 0x06064b50);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), Zip64EndSize - 12);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(12), MadeByUnix);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(14), VersionNeeded);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), entries);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), entries);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), directorySize);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(48), directoryOffset);
        Span<byte> locator = bytes.AsSpan(Zip64EndSize);
        BinaryPrimitives.WriteUInt32LittleEndian(locator, 0x07064b50);
        BinaryPrimitives.WriteInt64LittleEndian(locator[8..], directoryOffset + directorySize);
        BinaryPrimitives.WriteUInt32LittleEndian(locator[16..], 1);
        Span<byte> classic = bytes.AsSpan(Zip64EndSize + Zip64LocatorSize);
        BinaryPrimitives.WriteUInt32LittleEndian(classic, 0x06054b50);
        ushort count = (ushort)Math.Min(entries, ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(classic[8..], count);
        BinaryPrimitives.WriteUInt16LittleEndian(classic[10..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(classic[12..], (uint)Math.Min(directorySize, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(classic[16..], (uint)Math.Min(directoryOffset, uint.MaxValue));
        return bytes;
    }

    /// <summary>A moment as ZIP writes it: two-second steps from 1980 to 2107, here in UTC.</summary>
    internal static uint DosTime(DateTimeOffset moment)
    {
        DateTime utc = moment.UtcDateTime;
        if (utc.Year < 1980) return (1 << 21) | (1 << 16);
        if (utc.Year > 2107) return uint.MaxValue;
        uint date = (uint)(((utc.Year - 1980) << 9) | (utc.Month << 5) | utc.Day);
        uint time = (uint)((utc.Hour << 11) | (utc.Minute << 5) | (utc.Second / 2));
        return (date << 16) | time;
    }

    /// <summary>The fields that local and central headers share: flags, method 0, time, CRC, both sizes, name length.</summary>
    private static void WriteCommon(Span<byte> at, ZipEntry entry, uint dosTime)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], dosTime);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], entry.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(at[12..], entry.Size);
        BinaryPrimitives.WriteUInt32LittleEndian(at[16..], entry.Size);
        BinaryPrimitives.WriteUInt16LittleEndian(at[20..], (ushort)entry.Name.Length);
    }
}
