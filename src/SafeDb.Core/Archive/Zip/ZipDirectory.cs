using System.Buffers.Binary;
using System.Text;
using SafeDb.Stores;

namespace SafeDb.Archive.Zip;

/// <summary>
/// The central directory of an archive, read strictly: entries touch each other from the first byte to the directory, nothing lies before, between or after, and the names are exactly those
/// of an archive, each once. What is not checked here (local headers, times, content) is checked against <see cref="ZipLayout"/> when the bytes are read.
/// </summary>
internal sealed class ZipDirectory
{
    private const int MaxNameLength = 24;
    private const int MaxEntries = ArchiveFormat.MaxParts + 8;

    // How far from the end an archive's own end is looked for, to say that something was appended.
    private const int MaxAppended = 64 << 10;

    private ZipDirectory(IReadOnlyList<ZipEntry> entries, long offset, byte[] raw)
    {
        Entries = entries;
        Offset = offset;
        Raw = raw;
        ByName = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>The entries in the order in which they lie in the file.</summary>
    internal IReadOnlyList<ZipEntry> Entries { get; }

    /// <summary>The entries by name.</summary>
    internal IReadOnlyDictionary<string, ZipEntry> ByName { get; }

    /// <summary>Where the directory begins.</summary>
    internal long Offset { get; }

    /// <summary>The directory and the end records as they stand in the file.</summary>
    internal byte[] Raw { get; }

    internal static async Task<ZipDirectory> ReadAsync(IArchiveFile file, CancellationToken cancellationToken)
    {
        await RequireStartAsync(file, cancellationToken).ConfigureAwait(false);
        if (file.Length < ZipLayout.EndSize) throw ArchiveErrors.Incomplete.Exception("the file is too short");
        byte[] end = new byte[ZipLayout.EndSize];
        await file.ReadAsync(file.Length - end.Length, end, cancellationToken).ConfigureAwait(false);
        if (BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(end.Length - 22)) != 0x06054b50)
        {
            throw await BytesAfterEndAsync(file, cancellationToken).ConfigureAwait(false) is { } more
                ? ArchiveErrors.Damaged.Exception("its end", $"{Counted.Of(more, "byte")} that the writer did not write {Counted.Noun(more, "follows", "follow")} it")
                : ArchiveErrors.Incomplete.Exception("there is no end record");
        }

        long count = BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(24));
        long size = BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(40));
        long offset = BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(48));
        if (count is < 1 or > MaxEntries || size < 0 || size > count * (ZipLayout.CentralHeaderSize + MaxNameLength + ZipLayout.Zip64ExtraSize)
            || offset < 0 || offset != file.Length - ZipLayout.EndSize - size)
        {
            throw ArchiveErrors.Damaged.Exception("the end records", "their figures do not fit the file");
        }

        if (!end.AsSpan().SequenceEqual(ZipLayout.End(count, offset, size))) throw ArchiveErrors.Damaged.Exception("the end records", "they are not as written");
        byte[] raw = new byte[size + end.Length];
        await file.ReadAsync(offset, raw.AsMemory(0, (int)size), cancellationToken).ConfigureAwait(false);
        end.CopyTo(raw, size);
        return new ZipDirectory(Parse(raw.AsSpan(0, (int)size), (int)count, offset), offset, raw);
    }

    private static async Task RequireStartAsync(IArchiveFile file, CancellationToken cancellationToken)
    {
        byte[] start = new byte[ZipLayout.LocalHeaderSize + ArchiveFormat.HeaderEntry.Length];
        if (file.Length == 0) throw ArchiveErrors.NotAnArchive.Exception("it is empty");
        if (file.Length < start.Length) throw ArchiveErrors.NotAnArchive.Exception("it is too short");
        await file.ReadAsync(0, start, cancellationToken).ConfigureAwait(false);
        string? problem = BinaryPrimitives.ReadUInt32LittleEndian(start) != 0x04034b50 ? "it is not a ZIP file"
            : !start.AsSpan(ZipLayout.LocalHeaderSize).SequenceEqual(Encoding.ASCII.GetBytes(ArchiveFormat.HeaderEntry)) ? "it does not begin with " + ArchiveFormat.HeaderEntry : null;
        if (problem is null) return;

        // What ends as only an archive does was one before its first bytes were changed.
        throw await BytesAfterEndAsync(file, cancellationToken).ConfigureAwait(false) is not null
            ? ArchiveErrors.Damaged.Exception("its first bytes", problem)
            : ArchiveErrors.NotAnArchive.Exception(problem);
    }

    /// <summary>How many bytes follow the last end of an archive near the file's end; null when there is none.</summary>
    private static async Task<long?> BytesAfterEndAsync(IArchiveFile file, CancellationToken cancellationToken)
    {
        byte[] tail = new byte[Math.Min(file.Length, MaxAppended + ZipLayout.EndSize)];
        await file.ReadAsync(file.Length - tail.Length, tail, cancellationToken).ConfigureAwait(false);
        for (int start = tail.Length - ZipLayout.EndSize; start >= 0; start--)
        {
            ReadOnlySpan<byte> end = tail.AsSpan(start, ZipLayout.EndSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) != 0x06064b50) continue;
            long count = BinaryPrimitives.ReadInt64LittleEndian(end[24..]);
            long size = BinaryPrimitives.ReadInt64LittleEndian(end[40..]);
            long offset = BinaryPrimitives.ReadInt64LittleEndian(end[48..]);
            if (count is >= 1 and <= MaxEntries && size >= 0 && offset >= 0 && offset == file.Length - tail.Length + start - size && end.SequenceEqual(ZipLayout.End(count, offset, size)))
                return tail.Length - start - ZipLayout.EndSize;
        }

        return null;
    }

    private static List<ZipEntry> Parse(ReadOnlySpan<byte> raw, int count, long directoryOffset)
    {
        var entries = new List<ZipEntry>(count);
        long expected = 0;
        for (int i = 0; i < count; i++)
        {
            ZipEntry entry = ParseEntry(ref raw);
            if (entry.Offset != expected) throw ArchiveErrors.Damaged.Exception("the directory", "entries do not follow each other");
            expected = entry.EndOffset;
            entries.Add(entry);
        }

        if (!raw.IsEmpty || expected != directoryOffset) throw ArchiveErrors.Damaged.Exception("the directory", "it does not end where the data ends");
        RequireNames(entries);
        return entries;
    }

    private static ZipEntry ParseEntry(ref ReadOnlySpan<byte> raw)
    {
        if (raw.Length < ZipLayout.CentralHeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(raw) != 0x02014b50)
            throw ArchiveErrors.Damaged.Exception("the directory", "an entry is cut off");
        int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(raw[28..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(raw[42..]);
        bool zip64 = offset == uint.MaxValue;
        int length = ZipLayout.CentralHeaderSize + nameLength + (zip64 ? ZipLayout.Zip64ExtraSize : 0);
        if (nameLength is 0 or > MaxNameLength || raw.Length < length) throw ArchiveErrors.Damaged.Exception("the directory", "a name is cut off or too long");
        string name = Encoding.Latin1.GetString(raw.Slice(ZipLayout.CentralHeaderSize, nameLength));
        if (zip64) offset = BinaryPrimitives.ReadInt64LittleEndian(raw[(length - sizeof(ulong))..]);
        var entry = new ZipEntry(name, offset, BinaryPrimitives.ReadUInt32LittleEndian(raw[24..]), BinaryPrimitives.ReadUInt32LittleEndian(raw[16..]));
        raw = raw[length..];
        return entry;
    }

    /// <summary>Only the names of an archive, in their order, each once: a name with a folder, a drive or dots in it never gets further than this.</summary>
    private static void RequireNames(List<ZipEntry> entries)
    {
        bool authenticated = entries[^1].Name == ArchiveFormat.AuthenticationEntry;
        int trailing = authenticated ? 3 : 2;
        int parts = entries.Count - 2 - trailing;
        if (parts < 0) throw ArchiveErrors.Damaged.Exception("the directory", "entries are missing");
        bool ordered = entries[0].Name == ArchiveFormat.HeaderEntry && entries[1].Name == ArchiveFormat.ReadmeEntry
            && entries[parts + 2].Name == ArchiveFormat.ManifestEntry && entries[parts + 3].Name == ArchiveFormat.ChecksumsEntry;
        if (!ordered) throw ArchiveErrors.Damaged.Exception("the directory", "entries are missing, foreign or out of order");
        bool[] seen = new bool[parts + 1];
        foreach (ZipEntry entry in entries.GetRange(2, parts))
        {
            if (!ArchiveFormat.TryPartNumber(entry.Name, out int number) || number > parts || seen[number])
                throw ArchiveErrors.Damaged.Exception("the directory", "a part is foreign, double or out of range");
            seen[number] = true;
        }
    }
}
