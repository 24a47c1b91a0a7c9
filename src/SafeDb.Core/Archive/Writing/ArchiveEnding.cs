using System.Security.Cryptography;
using System.Text;
using SafeDb.Archive.Sealing;
using SafeDb.Archive.Zip;

namespace SafeDb.Archive.Writing;

/// <summary>Writes what follows the manifest: checksums, their authentication, the directory.</summary>
internal static class ArchiveEnding
{
    internal static async Task WriteAsync(
        EntryOutput output, IReadOnlyDictionary<string, string> sha256, DataKey? key, uint dosTime, CancellationToken cancellationToken)
    {
        IReadOnlyList<ZipEntry> entries = await output.CompleteAsync(cancellationToken).ConfigureAwait(false);
        byte[] checksums = ChecksumList.Write(entries, sha256);
        var all = new List<ZipEntry>(entries);
        await AppendAsync(output, all, ArchiveFormat.ChecksumsEntry, checksums, dosTime, cancellationToken).ConfigureAwait(false);
        if (key is not null)
        {
            byte[] authentication = Authenticate(key, checksums);
            await AppendAsync(output, all, ArchiveFormat.AuthenticationEntry, authentication, dosTime, cancellationToken).ConfigureAwait(false);
        }

        await WriteDirectoryAsync(output, all, dosTime, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Content of <c>manifest.hmac</c>: HMAC-SHA256 of the checksum list as 64 hex digits and a line feed.</summary>
    internal static byte[] Authenticate(DataKey key, ReadOnlySpan<byte> checksums)
    {
        byte[] authenticationKey = key.AuthenticationKey();
        byte[] mac = HMACSHA256.HashData(authenticationKey, checksums);
        CryptographicOperations.ZeroMemory(authenticationKey);
        return Encoding.ASCII.GetBytes(ArchiveFormat.Hex(mac) + "\n");
    }

    private static async Task AppendAsync(EntryOutput output, List<ZipEntry> entries, string name, byte[] content, uint dosTime, CancellationToken cancellationToken)
    {
        var entry = new ZipEntry(name, output.Position, (uint)content.Length, Crc32.Append(0, content));
        await output.WriteTailAsync(ZipLayout.LocalHeader(entry, dosTime), cancellationToken).ConfigureAwait(false);
        await output.WriteTailAsync(content, cancellationToken).ConfigureAwait(false);
        entries.Add(entry);
    }

    private static async Task WriteDirectoryAsync(EntryOutput output, List<ZipEntry> entries, uint dosTime, CancellationToken cancellationToken)
    {
        long start = output.Position;
        using var directory = new MemoryStream();
        foreach (ZipEntry entry in entries) directory.Write(ZipLayout.CentralHeader(entry, dosTime));
        directory.Write(ZipLayout.End(entries.Count, start, directory.Length));
        await output.WriteTailAsync(directory.GetBuffer().AsMemory(0, (int)directory.Length), cancellationToken).ConfigureAwait(false);
    }
}
