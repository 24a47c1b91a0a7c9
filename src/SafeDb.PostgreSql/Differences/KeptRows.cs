using SafeDb.Providers;

namespace SafeDb.PostgreSql.Differences;

/// <summary>The archive's rows of the buckets that differ, waiting for their counterparts.</summary>
/// <param name="key">How rows are told apart.</param>
/// <param name="buckets">Buckets that differ.</param>
/// <param name="mostBytes">Bytes kept at most; buckets beyond are left to another run, after the first differences were put right.</param>
internal sealed class KeptRows(RowKey key, HashSet<int> buckets, long mostBytes)
{
    private readonly Dictionary<int, Dictionary<string, List<byte[]>>> _rows = buckets.ToDictionary(bucket => bucket, _ => new Dictionary<string, List<byte[]>>(StringComparer.Ordinal));
    private readonly List<(byte[] Archived, byte[] Copied)> _changed = [];
    private long _bytes;

    /// <summary>Keeps a row of the archive when its bucket differs.</summary>
    public void Keep(ReadOnlyMemory<byte> line)
    {
        byte[] keyBytes = key.BytesOf(line);
        int bucket = RowBuckets.Of(keyBytes);
        if (!_rows.TryGetValue(bucket, out Dictionary<string, List<byte[]>>? kept))
        {
            return;
        }

        if (_bytes + line.Length > mostBytes && _rows.Count > 1)
        {
            _bytes -= kept.Values.Sum(rows => rows.Sum(row => (long)row.Length));
            _rows.Remove(bucket);
            return;
        }

        _bytes += line.Length;
        Rows(kept, keyBytes).Add(line.ToArray());
    }

    /// <summary>Takes away the counterpart of a row of the copy; a row without one is extra.</summary>
    public void Match(ReadOnlyMemory<byte> line, List<byte[]> extra, int limit)
    {
        byte[] keyBytes = key.BytesOf(line);
        int bucket = RowBuckets.Of(keyBytes);
        if (!_rows.TryGetValue(bucket, out Dictionary<string, List<byte[]>>? kept))
        {
            return;
        }

        List<byte[]> rows = Rows(kept, keyBytes);
        int same = rows.FindIndex(row => line.Span.SequenceEqual(row));
        if (same >= 0)
        {
            rows.RemoveAt(same);
        }
        else if (key.HasKey && rows.Count > 0)
        {
            if (_changed.Count < limit)
            {
                _changed.Add((rows[0], line.ToArray()));
            }

            rows.RemoveAt(0);
        }
        else if (extra.Count < limit)
        {
            extra.Add(line.ToArray());
        }
    }

    /// <summary>All differences found.</summary>
    public IReadOnlyList<RowDifference> Differences(string table, List<byte[]> extra, int limit) =>
        [.. _changed.Select(pair => new RowDifference(table, RowChange.Changed, key.Describe(pair.Archived), key.Differing(pair.Archived, pair.Copied)))
            .Concat(_rows.Values.SelectMany(bucket => bucket.Values).SelectMany(rows => rows).Select(row => new RowDifference(table, RowChange.Missing, key.Describe(row), [])))
            .Concat(extra.Select(row => new RowDifference(table, RowChange.Extra, key.Describe(row), [])))
            .Take(limit)];

    private static List<byte[]> Rows(Dictionary<string, List<byte[]>> bucket, byte[] keyBytes)
    {
        string text = Convert.ToBase64String(keyBytes);
        if (!bucket.TryGetValue(text, out List<byte[]>? rows))
        {
            bucket[text] = rows = [];
        }

        return rows;
    }
}
