using System.Buffers;
using System.Security.Cryptography;
using SafeDb.Archive.Zip;
using SafeDb.Observation;
using SafeDb.Stores;

namespace SafeDb.Archive.Reading;

/// <summary>
/// Reads a whole archive. Together with the checks made when it was opened (the directory and its end are the one possible encoding) every byte of the file is covered:
/// local headers by writing them again, contents by CRC-32, and by SHA-256 for all but the checksum list and its authentication.
/// </summary>
internal static class ChecksumVerification
{
    private const int ChunkSize = 1 << 20;

    internal static async Task<ChecksumResult> RunAsync(
        IArchiveFile file, ZipDirectory directory, uint dosTime, IReadOnlyDictionary<string, string> sha256, IOperationObserver observer, CancellationToken cancellationToken)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            foreach (ZipEntry entry in directory.Entries)
            {
                observer.OnProgress(new ProgressReport("Verify checksums", entry.Name, entry.Offset, file.Length, "bytes"));
                await VerifyAsync(file, entry, dosTime, sha256.GetValueOrDefault(entry.Name), chunk, hash, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        await VerifyDirectoryAsync(file, directory, cancellationToken).ConfigureAwait(false);
        observer.OnProgress(new ProgressReport("Verify checksums", string.Empty, file.Length, file.Length, "bytes") { Completed = true });
        return new ChecksumResult(directory.Entries.Count, file.Length);
    }

    private static async Task VerifyAsync(
        IArchiveFile file, ZipEntry entry, uint dosTime, string? sha256, byte[] chunk, IncrementalHash hash, CancellationToken cancellationToken)
    {
        int header = (int)(entry.DataOffset - entry.Offset);
        await file.ReadAsync(entry.Offset, chunk.AsMemory(0, header), cancellationToken).ConfigureAwait(false);
        EntryReader.RequireLocalHeader(chunk.AsSpan(0, header), entry, dosTime);
        uint crc = 0;
        for (long position = entry.DataOffset; position < entry.EndOffset; position += ChunkSize)
        {
            int length = (int)Math.Min(ChunkSize, entry.EndOffset - position);
            await file.ReadAsync(position, chunk.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            crc = Crc32.Append(crc, chunk.AsSpan(0, length));
            if (sha256 is not null) hash.AppendData(chunk, 0, length);
        }

        bool same = crc == entry.Crc && (sha256 is null || ArchiveFormat.Hex(hash.GetHashAndReset()) == sha256);
        if (!same) throw ArchiveErrors.ChecksumMismatch.Exception(entry.Name);
    }

    /// <summary>The directory was checked when the archive was opened; read again, it must still be the same.</summary>
    private static async Task VerifyDirectoryAsync(IArchiveFile file, ZipDirectory directory, CancellationToken cancellationToken)
    {
        byte[] now = new byte[directory.Raw.Length];
        await file.ReadAsync(directory.Offset, now, cancellationToken).ConfigureAwait(false);
        if (!now.AsSpan().SequenceEqual(directory.Raw)) throw ArchiveErrors.Damaged.Exception("the directory", "it changed while it was read");
    }
}
