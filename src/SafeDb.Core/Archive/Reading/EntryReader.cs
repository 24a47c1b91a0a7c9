using SafeDb.Archive.Zip;
using SafeDb.Stores;

namespace SafeDb.Archive.Reading;

/// <summary>Reads small entries whole and compares their local headers and CRC with the directory.</summary>
internal static class EntryReader
{
    /// <summary>The content of an entry and its local header, in one read.</summary>
    internal static async Task<(byte[] LocalHeader, byte[] Content)> ReadAsync(IArchiveFile file, ZipEntry entry, long limit, CancellationToken cancellationToken)
    {
        if (entry.Size > limit) throw ArchiveErrors.Damaged.Exception(entry.Name, "it is larger than an archive allows");
        byte[] bytes = new byte[entry.EndOffset - entry.Offset];
        await file.ReadAsync(entry.Offset, bytes, cancellationToken).ConfigureAwait(false);
        int start = (int)(entry.DataOffset - entry.Offset);
        byte[] content = bytes[start..];
        if (Crc32.Append(0, content) != entry.Crc) throw ArchiveErrors.ChecksumMismatch.Exception(entry.Name);
        return (bytes[..start], content);
    }

    internal static void RequireLocalHeader(ReadOnlySpan<byte> actual, ZipEntry entry, uint dosTime)
    {
        if (!actual.SequenceEqual(ZipLayout.LocalHeader(entry, dosTime)))
            throw ArchiveErrors.Damaged.Exception(entry.Name, "its header is not as written");
    }
}
