using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SafeDb.PostgreSql.Differences;

/// <summary>
/// A fixed number of buckets that rows fall into by their key. Each sums the hashes of the archive's rows and takes off those of the copy's: where the sum is not zero, the two
/// differ. Of any number of rows this keeps a few megabytes.
/// </summary>
internal sealed class RowBuckets
{
    /// <summary>Number of buckets.</summary>
    public const int Count = 1 << 16;

    private readonly ulong[] _first = new ulong[Count];
    private readonly ulong[] _second = new ulong[Count];
    private readonly int[] _rows = new int[Count];

    /// <summary>The bucket of a key.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return BinaryPrimitives.ReadUInt16LittleEndian(hash);
    }

    /// <summary>Adds a row of the archive, or takes off one of the copy.</summary>
    public void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> line, bool archived)
    {
        int bucket = Of(key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line, hash);
        ulong first = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        ulong second = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);
        unchecked
        {
            _first[bucket] += archived ? first : 0 - first;
            _second[bucket] += archived ? second : 0 - second;
            _rows[bucket]++;
        }
    }

    /// <summary>Buckets in which the two differ, as many as hold at most the given number of rows, and at least one.</summary>
    public HashSet<int> Differing(long mostRows)
    {
        var chosen = new HashSet<int>();
        long rows = 0;
        for (int bucket = 0; bucket < Count; bucket++)
        {
            if ((_first[bucket] | _second[bucket]) == 0)
            {
                continue;
            }

            rows += _rows[bucket];
            if (rows > mostRows && chosen.Count > 0)
            {
                break;
            }

            chosen.Add(bucket);
        }

        return chosen;
    }
}
