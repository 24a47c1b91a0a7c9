using System.Buffers;
using System.Text;
using SafeDb.Archive.Reading;
using SafeDb.Archive.Sealing;
using SafeDb.Archive.Writing;
using SafeDb.Archive.Zip;
using SafeDb.Stores;

namespace SafeDb.Archive;

/// <summary>
/// Gives an archive other recipients: copies it with a new header; manifest and parts are copied as they are stored. The old recipients can still open old copies, and whoever kept the data key can open the new one.
/// </summary>
public static class ArchiveRewrapper
{
    private const int ChunkSize = 1 << 20;

    /// <summary>Copies an archive for new recipients, checking every byte on the way. When it fails, what was written is no archive.</summary>
    /// <param name="source">The archive.</param>
    /// <param name="keys">What opens it.</param>
    /// <param name="recipients">Who shall open the copy.</param>
    /// <param name="output">Where the copy goes; need not seek.</param>
    /// <param name="cancellationToken">Stops the copy.</param>
    public static async Task CopyAsync(IArchiveFile source, ArchiveKeys keys, ArchiveSecrets recipients, Stream output, CancellationToken cancellationToken)
    {
        using ArchiveReader reader = await ArchiveReader.OpenAsync(source, keys, cancellationToken).ConfigureAwait(false);
        if (!reader.Header.IsEncrypted || !recipients.IsEncrypted) throw ArchiveErrors.RewrapNeedsEncryption.Exception();
        ArchiveManifest manifest = await reader.ReadManifestAsync(cancellationToken).ConfigureAwait(false);
        ArchiveHeader header = reader.Header with { Recipients = recipients.Wrap(reader.Key!) };
        var entries = new EntryOutput(output, reader.DosTime, ChunkSize);
        await using (entries.ConfigureAwait(false))
        {
            var sha256 = new Dictionary<string, string>(StringComparer.Ordinal);
            await CopyEntryAsync(Clear(ArchiveFormat.HeaderEntry, ArchiveJson.Indented(header, ArchiveJson.Default.ArchiveHeader)), entries, sha256, cancellationToken).ConfigureAwait(false);
            await CopyEntryAsync(Clear(ArchiveFormat.ReadmeEntry, Encoding.UTF8.GetBytes(ReadmeText.For(header))), entries, sha256, cancellationToken).ConfigureAwait(false);
            foreach (ZipEntry entry in reader.Directory.Entries.Skip(2).TakeWhile(entry => entry.Name != ArchiveFormat.ChecksumsEntry))
            {
                string expected = ArchiveFormat.TryPartNumber(entry.Name, out int number) ? manifest.Parts[number - 1].Sha256 : reader.ContentId;
                EntryBuffer buffer = await ReadAsync(source, entry, expected, cancellationToken).ConfigureAwait(false);
                await CopyEntryAsync(buffer, entries, sha256, cancellationToken).ConfigureAwait(false);
            }

            await ArchiveEnding.WriteAsync(entries, sha256, reader.Key, reader.DosTime, cancellationToken).ConfigureAwait(false);
        }
    }

    private static EntryBuffer Clear(string name, byte[] content)
    {
        using var builder = new EntryBuilder(name, key: null, ArchiveFormat.NoCodec);
        builder.Write(content);
        return builder.Complete();
    }

    private static ValueTask CopyEntryAsync(EntryBuffer entry, EntryOutput output, Dictionary<string, string> sha256, CancellationToken cancellationToken)
    {
        sha256.Add(entry.Name, entry.Sha256);
        return output.EnqueueAsync(entry, cancellationToken);
    }

    private static async Task<EntryBuffer> ReadAsync(IArchiveFile source, ZipEntry entry, string sha256, CancellationToken cancellationToken)
    {
        var buffer = new EntryBuffer(entry.Name);
        try
        {
            for (long position = 0; position < entry.Size; position += ChunkSize)
            {
                int length = (int)Math.Min(ChunkSize, entry.Size - position);
                byte[] chunk = EntryBuffer.RentChunk();
                try
                {
                    await source.ReadAsync(entry.DataOffset + position, chunk.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    ArrayPool<byte>.Shared.Return(chunk);
                    throw;
                }

                buffer.Append(chunk, length);
            }

            buffer.Complete();
            return buffer.Sha256 == sha256 ? buffer : throw ArchiveErrors.ChecksumMismatch.Exception(entry.Name);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
