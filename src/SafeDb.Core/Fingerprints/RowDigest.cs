using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace SafeDb.Fingerprints;

/// <summary>
/// Computes a <see cref="RowFingerprint"/>. Each row is hashed by itself; the hash is read as big-endian 64-bit lanes, and each lane is added modulo 2^64 over all rows.
/// Sums, not XOR: under XOR two equal rows cancel each other, so a duplicated or twice lost row would not be seen.
/// The LF that ends a line is neither hashed nor counted, so <see cref="Add"/> and <see cref="AddLines"/> agree.
/// Not thread-safe: use one per worker and <see cref="Merge"/> them.
/// </summary>
public sealed class RowDigest
{
    private const int MaxLanes = SHA256.HashSizeInBytes / sizeof(ulong);

    private readonly Xxh3Hasher? _xxh3;
    private ulong _lane0;
    private ulong _lane1;
    private ulong _lane2;
    private ulong _lane3;

    private RowDigest(string algorithmId)
    {
        AlgorithmId = algorithmId;
        _xxh3 = RowAlgorithm.SeedOf(algorithmId) is { } seed ? new Xxh3Hasher(seed) : null;
    }

    /// <summary>The algorithm and its key, as in the manifest.</summary>
    public string AlgorithmId { get; }

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Bytes of rows so far, without line ends.</summary>
    public long Bytes { get; private set; }

    /// <summary>An empty digest under <c>xxh3-128:&lt;seed, 16 hex digits&gt;</c> or <c>sha256</c>.</summary>
    public static RowDigest Create(string algorithmId) => new(algorithmId);

    /// <summary>The fingerprint of no rows.</summary>
    public static RowFingerprint Empty(string algorithmId) => Create(algorithmId).ToFingerprint();

    /// <summary>Adds one row.</summary>
    public void Add(ReadOnlySpan<byte> row)
    {
        if (_xxh3 is { } hasher)
        {
            AddXxh3(hasher, row);
        }
        else
        {
            AddSha256(row);
        }

        Rows++;
        Bytes += row.Length;
    }

    /// <summary>Adds rows that each end in LF. The last byte must be LF.</summary>
    public void AddLines(ReadOnlySpan<byte> wholeLines)
    {
        if (wholeLines.IsEmpty) return;
        if (wholeLines[^1] != (byte)'\n') throw FingerprintErrors.LineNotWhole.Exception();
        long rows = 0;
        int total = wholeLines.Length;
        while (!wholeLines.IsEmpty)
        {
            int end = wholeLines.IndexOf((byte)'\n');
            ReadOnlySpan<byte> row = wholeLines[..end];
            if (_xxh3 is { } hasher)
            {
                AddXxh3(hasher, row);
            }
            else
            {
                AddSha256(row);
            }

            wholeLines = wholeLines[(end + 1)..];
            rows++;
        }

        Rows += rows;
        Bytes += total - rows;
    }

    /// <summary>Adds all rows of another digest under the same algorithm.</summary>
    public void Merge(RowDigest other)
    {
        if (other.AlgorithmId != AlgorithmId) throw FingerprintErrors.NotComparable.Exception(AlgorithmId, other.AlgorithmId);
        unchecked
        {
            _lane0 += other._lane0;
            _lane1 += other._lane1;
            _lane2 += other._lane2;
            _lane3 += other._lane3;
        }

        Rows += other.Rows;
        Bytes += other.Bytes;
    }

    /// <summary>The fingerprint of the rows so far. For a single row its value is that row's hash in the usual hexadecimal form.</summary>
    public RowFingerprint ToFingerprint()
    {
        ReadOnlySpan<ulong> lanes = _xxh3 is null ? [_lane0, _lane1, _lane2, _lane3] : [_lane0, _lane1];
        return new RowFingerprint(AlgorithmId, Rows, Bytes, string.Concat(lanes.ToArray().Select(lane => lane.ToString("x16", CultureInfo.InvariantCulture))));
    }

    private void AddXxh3(Xxh3Hasher hasher, ReadOnlySpan<byte> row)
    {
        Hash128 hash = hasher.Hash(row);
        unchecked
        {
            _lane0 += hash.High;
            _lane1 += hash.Low;
        }
    }

    private void AddSha256(ReadOnlySpan<byte> row)
    {
        Span<byte> hash = stackalloc byte[MaxLanes * sizeof(ulong)];
        SHA256.HashData(row, hash);
        unchecked
        {
            _lane0 += BinaryPrimitives.ReadUInt64BigEndian(hash);
            _lane1 += BinaryPrimitives.ReadUInt64BigEndian(hash[8..]);
            _lane2 += BinaryPrimitives.ReadUInt64BigEndian(hash[16..]);
            _lane3 += BinaryPrimitives.ReadUInt64BigEndian(hash[24..]);
        }
    }
}
