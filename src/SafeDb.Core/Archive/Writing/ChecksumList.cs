using System.Text;
using SafeDb.Archive.Zip;

namespace SafeDb.Archive.Writing;

/// <summary>The entry <c>checksums.sha256</c>: one line for every entry before it, in their order, as <c>sha256sum -c</c> reads them.</summary>
internal static class ChecksumList
{
    internal const int MaxLineLength = 64 + 2 + 24 + 1;

    internal static byte[] Write(IEnumerable<ZipEntry> entries, IReadOnlyDictionary<string, string> sha256)
    {
        var text = new StringBuilder();
        foreach (ZipEntry entry in entries) text.Append(ArchiveFormat.ChecksumLine(sha256[entry.Name], entry.Name));
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads the list for exactly these entries in this order; anything else is refused.</summary>
    internal static IReadOnlyDictionary<string, string> Read(ReadOnlySpan<byte> list, IReadOnlyList<ZipEntry> entries)
    {
        var sha256 = new Dictionary<string, string>(entries.Count, StringComparer.Ordinal);
        foreach (ZipEntry entry in entries)
        {
            int length = 64 + 2 + entry.Name.Length + 1;
            string line = list.Length < length ? string.Empty : Encoding.Latin1.GetString(list[..length]);
            string hex = line.Length == 0 ? string.Empty : line[..64];
            if (!ArchiveFormat.IsSha256(hex) || line != ArchiveFormat.ChecksumLine(hex, entry.Name))
                throw ArchiveErrors.Damaged.Exception(ArchiveFormat.ChecksumsEntry, $"there is no proper line for '{entry.Name}'");
            sha256.Add(entry.Name, hex);
            list = list[length..];
        }

        if (!list.IsEmpty) throw ArchiveErrors.Damaged.Exception(ArchiveFormat.ChecksumsEntry, "it has more lines than the archive has entries");
        return sha256;
    }
}
