using System.Buffers;
using System.Security.Cryptography;
using SafeDb.Archive.Zip;

namespace SafeDb.Archive.Writing;

/// <summary>The stored bytes of one entry, complete in pooled memory, with their digests. Belongs to one thread at a time.</summary>
internal sealed class EntryBuffer : IDisposable
{
    internal const int ChunkSize = 1 << 20;
    private readonly List<(byte[] Bytes, int Length)> _chunks = [];
    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private uint _crc;

    internal EntryBuffer(string name) => Name = name;

    internal string Name { get; }

    /// <summary>Bytes so far.</summary>
    internal long Length { get; private set; }

    /// <summary>SHA-256 of all bytes as lower-case hex; set by <see cref="Complete"/>.</summary>
    internal string Sha256 { get; private set; } = string.Empty;

    internal uint Crc => _crc;

    internal IReadOnlyList<(byte[] Bytes, int Length)> Chunks => _chunks;

    /// <summary>A piece of pooled memory to fill and hand to <see cref="Append"/>.</summary>
    internal static byte[] RentChunk() => ArrayPool<byte>.Shared.Rent(ChunkSize);

    /// <summary>Takes over a rented piece.</summary>
    internal void Append(byte[] chunk, int length)
    {
        _chunks.Add((chunk, length));
        Length += length;
        _sha256.AppendData(chunk, 0, length);
        _crc = Crc32.Append(_crc, chunk.AsSpan(0, length));
    }

    internal void Complete() => Sha256 = ArchiveFormat.Hex(_sha256.GetHashAndReset());

    public void Dispose()
    {
        foreach ((byte[] bytes, _) in _chunks) ArrayPool<byte>.Shared.Return(bytes);
        _chunks.Clear();
        _sha256.Dispose();
    }
}
