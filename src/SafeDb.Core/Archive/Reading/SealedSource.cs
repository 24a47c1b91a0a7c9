using System.Buffers;
using System.Security.Cryptography;
using SafeDb.Archive.Sealing;
using SafeDb.Archive.Zip;
using SafeDb.Stores;

namespace SafeDb.Archive.Reading;

/// <summary>Opens a sealed entry segment by segment (<see cref="SegmentLayout"/>). A segment that was changed, moved, cut off or taken from elsewhere does not open.</summary>
internal sealed class SealedSource : IEntrySource
{
    private readonly IArchiveFile _file;
    private readonly ZipEntry _entry;
    private readonly DataKey _key;
    private readonly byte[] _stored = ArrayPool<byte>.Shared.Rent(SegmentLayout.SegmentSize);
    private readonly byte[] _plain = ArrayPool<byte>.Shared.Rent(SegmentLayout.SegmentSize);
    private readonly byte[] _prefix = new byte[SegmentLayout.PrefixSize];
    private AesGcm? _cipher;
    private long _position;
    private uint _segment;
    private bool _disposed;

    internal SealedSource(IArchiveFile file, ZipEntry entry, DataKey key)
    {
        _file = file;
        _entry = entry;
        _key = key;
        if (entry.Size < SegmentLayout.MinEntrySize) throw ArchiveErrors.PartDamaged.Exception(entry.Name, "it is too short");
    }

    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        while (_position < _entry.Size)
        {
            int length = (int)Math.Min(SegmentLayout.SegmentSize, _entry.Size - _position);
            await _file.ReadAsync(_entry.DataOffset + _position, _stored.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            bool last = _position + length == _entry.Size;
            int plain = Open(_stored.AsSpan(0, length), last);
            _position += length;
            _segment++;
            if (plain > 0) return _plain.AsMemory(0, plain);
        }

        return ReadOnlyMemory<byte>.Empty;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _cipher?.Dispose();
        CryptographicOperations.ZeroMemory(_plain);
        ArrayPool<byte>.Shared.Return(_stored);
        ArrayPool<byte>.Shared.Return(_plain);
    }

    private int Open(ReadOnlySpan<byte> stored, bool last)
    {
        if (_segment == 0) stored = ReadHeader(stored);
        int length = stored.Length - SegmentLayout.TagSize;
        if (length < 0) throw ArchiveErrors.PartDamaged.Exception(_entry.Name, "its last segment is cut off");
        Span<byte> nonce = stackalloc byte[SegmentLayout.NonceSize];
        SegmentLayout.Nonce(nonce, _prefix, _segment, last);
        try
        {
            _cipher!.Decrypt(nonce, stored[..length], stored[length..], _plain.AsSpan(0, length));
            return length;
        }
        catch (AuthenticationTagMismatchException failure)
        {
            throw ArchiveErrors.PartDamaged.Caused(failure, _entry.Name, "it was changed after it was written, or belongs to another archive");
        }
    }

    private ReadOnlySpan<byte> ReadHeader(ReadOnlySpan<byte> stored)
    {
        if (stored[0] != SegmentLayout.HeaderSize) throw ArchiveErrors.PartDamaged.Exception(_entry.Name, "its first byte is wrong");
        stored.Slice(1 + SegmentLayout.SaltSize, SegmentLayout.PrefixSize).CopyTo(_prefix);
        _cipher = SegmentLayout.EntryCipher(_key, stored.Slice(1, SegmentLayout.SaltSize), DataKey.AssociatedData(_key.ArchiveId, _entry.Name));
        return stored[SegmentLayout.HeaderSize..];
    }
}
