using System.Buffers;
using System.Security.Cryptography;
using SafeDb.Archive.Writing;

namespace SafeDb.Archive.Sealing;

/// <summary>Seals an entry in the layout of <see cref="SegmentLayout"/>.</summary>
internal sealed class SegmentSealer : IEntrySealer
{
    private readonly EntryBuffer _output;
    private readonly AesGcm _cipher;
    private readonly byte[] _header;
    private readonly byte[] _plain = ArrayPool<byte>.Shared.Rent(SegmentLayout.SegmentSize);
    private int _used;
    private uint _segment;
    private bool _disposed;

    internal SegmentSealer(DataKey key, EntryBuffer output)
        : this(key, output, RandomNumberGenerator.GetBytes(SegmentLayout.SaltSize + SegmentLayout.PrefixSize))
    {
    }

    /// <summary>With given randomness, for known-answer tests.</summary>
    internal SegmentSealer(DataKey key, EntryBuffer output, ReadOnlySpan<byte> saltAndPrefix)
    {
        _output = output;
        _header = [SegmentLayout.HeaderSize, .. saltAndPrefix];
        _cipher = SegmentLayout.EntryCipher(key, _header.AsSpan(1, SegmentLayout.SaltSize), DataKey.AssociatedData(key.ArchiveId, output.Name));
    }

    private int HeaderInSegment => _segment == 0 ? SegmentLayout.HeaderSize : 0;

    private int Capacity => SegmentLayout.SegmentSize - SegmentLayout.TagSize - HeaderInSegment;

    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            // A full segment waits for the next byte, because only then it is known not to be the last.
            if (_used == Capacity) Seal(last: false);
            int take = Math.Min(data.Length, Capacity - _used);
            data[..take].CopyTo(_plain.AsSpan(_used));
            _used += take;
            data = data[take..];
        }
    }

    public void Complete() => Seal(last: true);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _cipher.Dispose();
        ArrayPool<byte>.Shared.Return(_plain);
    }

    private void Seal(bool last)
    {
        byte[] chunk = EntryBuffer.RentChunk();
        int start = HeaderInSegment;
        _header.AsSpan(0, start).CopyTo(chunk);
        Span<byte> nonce = stackalloc byte[SegmentLayout.NonceSize];
        SegmentLayout.Nonce(nonce, _header.AsSpan(1 + SegmentLayout.SaltSize), _segment, last);
        _cipher.Encrypt(nonce, _plain.AsSpan(0, _used), chunk.AsSpan(start, _used), chunk.AsSpan(start + _used, SegmentLayout.TagSize));
        _output.Append(chunk, start + _used + SegmentLayout.TagSize);
        _used = 0;
        _segment++;
    }
}
