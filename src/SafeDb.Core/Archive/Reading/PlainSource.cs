using System.Buffers;
using System.Security.Cryptography;
using SafeDb.Archive.Zip;
using SafeDb.Stores;

namespace SafeDb.Archive.Reading;

/// <summary>Reads an entry of an unencrypted archive. Its SHA-256 is checked over the whole entry before the first byte is handed out.</summary>
internal sealed class PlainSource : IEntrySource
{
    private const int ChunkSize = 1 << 20;

    /// <summary>Up to this size the entry is kept from the first pass; a larger one is read twice, so that memory stays bounded.</summary>
    private const int KeepLimit = 32 << 20;

    private readonly IArchiveFile _file;
    private readonly ZipEntry _entry;
    private readonly byte[]? _kept;
    private readonly byte[] _chunk;
    private long _position;
    private bool _disposed;

    private PlainSource(IArchiveFile file, ZipEntry entry)
    {
        _file = file;
        _entry = entry;
        _kept = entry.Size <= KeepLimit ? ArrayPool<byte>.Shared.Rent((int)entry.Size) : null;
        _chunk = _kept ?? ArrayPool<byte>.Shared.Rent(ChunkSize);
    }

    internal static async Task<PlainSource> OpenAsync(IArchiveFile file, ZipEntry entry, string sha256, CancellationToken cancellationToken)
    {
        var source = new PlainSource(file, entry);
        try
        {
            await source.VerifyAsync(sha256, cancellationToken).ConfigureAwait(false);
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        int length = (int)Math.Min(ChunkSize, _entry.Size - _position);
        long from = _position;
        _position += length;
        if (_kept is not null) return _kept.AsMemory((int)from, length);
        if (length > 0) await _file.ReadAsync(_entry.DataOffset + from, _chunk.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        return _chunk.AsMemory(0, length);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        ArrayPool<byte>.Shared.Return(_chunk);
    }

    private async Task VerifyAsync(string sha256, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long position = 0; position < _entry.Size; position += ChunkSize)
        {
            int length = (int)Math.Min(ChunkSize, _entry.Size - position);
            Memory<byte> piece = _chunk.AsMemory(_kept is null ? 0 : (int)position, length);
            await _file.ReadAsync(_entry.DataOffset + position, piece, cancellationToken).ConfigureAwait(false);
            hash.AppendData(piece.Span);
        }

        if (ArchiveFormat.Hex(hash.GetHashAndReset()) != sha256) throw ArchiveErrors.ChecksumMismatch.Exception(_entry.Name);
    }
}
