namespace SafeDb.Archive.Zip;

/// <summary>One stored entry as the central directory describes it.</summary>
/// <param name="Name">Its name, printable ASCII.</param>
/// <param name="Offset">Where its local header begins.</param>
/// <param name="Size">Bytes of its content; stored, so also its size in the file.</param>
/// <param name="Crc">CRC-32 of its content.</param>
internal sealed record ZipEntry(string Name, long Offset, uint Size, uint Crc)
{
    /// <summary>Where its content begins.</summary>
    internal long DataOffset => Offset + ZipLayout.LocalHeaderSize + Name.Length;

    /// <summary>Where the next structure begins.</summary>
    internal long EndOffset => DataOffset + Size;
}
