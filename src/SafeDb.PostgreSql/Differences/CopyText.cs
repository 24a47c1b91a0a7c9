using System.Text;

namespace SafeDb.PostgreSql.Differences;

/// <summary>Takes lines of COPY text apart.</summary>
internal static class CopyText
{
    /// <summary>The fields of a line without its LF, still escaped.</summary>
    public static List<ReadOnlyMemory<byte>> Fields(ReadOnlyMemory<byte> line)
    {
        var fields = new List<ReadOnlyMemory<byte>>();
        while (true)
        {
            // A tab inside a value is written as backslash and t, so every tab byte is a border.
            int tab = line.Span.IndexOf((byte)'\t');
            if (tab < 0)
            {
                fields.Add(line);
                return fields;
            }

            fields.Add(line[..tab]);
            line = line[(tab + 1)..];
        }
    }

    /// <summary>A field's value for a person; NULL as <c>NULL</c>.</summary>
    public static string Decode(ReadOnlySpan<byte> field)
    {
        if (field.SequenceEqual("\\N"u8))
        {
            return "NULL";
        }

        var bytes = new List<byte>(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            bytes.Add(field[i] != (byte)'\\' || i + 1 == field.Length ? field[i] : Unescape(field[++i]));
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static byte Unescape(byte escaped) => escaped switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'v' => (byte)'\v',
        _ => escaped,
    };
}
