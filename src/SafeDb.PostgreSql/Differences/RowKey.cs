using System.Security.Cryptography;

using SafeDb.Archive;

namespace SafeDb.PostgreSql.Differences;

/// <summary>How rows of a table are told apart: by their key columns, or by all they hold.</summary>
internal sealed class RowKey
{
    private readonly ManifestTable _table;
    private readonly int[] _positions;

    public RowKey(ManifestTable table)
    {
        _table = table;
        _positions = [.. table.KeyColumns.Select(column => table.Columns.ToList().IndexOf(column))];
        HasKey = _positions.Length > 0 && _positions.All(position => position >= 0);
    }

    /// <summary>Whether the table has key columns among those copied.</summary>
    public bool HasKey { get; }

    /// <summary>The bytes that a row is known by. Fields keep their escapes, so their join by tabs is unambiguous.</summary>
    public byte[] BytesOf(ReadOnlyMemory<byte> line)
    {
        if (!HasKey)
        {
            return line.ToArray();
        }

        List<ReadOnlyMemory<byte>> fields = CopyText.Fields(line);
        using var key = new MemoryStream();
        foreach (int position in _positions)
        {
            key.Write(position < fields.Count ? fields[position].Span : default);
            key.WriteByte((byte)'\t');
        }

        return key.ToArray();
    }

    /// <summary>The key for a person: names and values, or a digest of the row when there is no key.</summary>
    public string Describe(ReadOnlyMemory<byte> line)
    {
        if (!HasKey)
        {
            return "row sha256:" + Convert.ToHexString(SHA256.HashData(line.Span)).ToLowerInvariant()[..16];
        }

        List<ReadOnlyMemory<byte>> fields = CopyText.Fields(line);
        return string.Join(", ", _positions.Select((position, i) => $"{_table.KeyColumns[i]}={(position < fields.Count ? CopyText.Decode(fields[position].Span) : "?")}"));
    }

    /// <summary>Names of the columns whose values differ between two lines.</summary>
    public IReadOnlyList<string> Differing(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        List<ReadOnlyMemory<byte>> left = CopyText.Fields(first);
        List<ReadOnlyMemory<byte>> right = CopyText.Fields(second);
        return left.Count == right.Count && left.Count == _table.Columns.Count
            ? [.. _table.Columns.Where((_, i) => !left[i].Span.SequenceEqual(right[i].Span))]
            : [];
    }
}
