namespace SafeDb.Sql;

/// <summary>A SQL text with its line starts, so that offsets become lines and columns in logarithmic time.</summary>
public sealed class SourceText
{
    private readonly int[] _lineStarts;

    /// <summary>Indexes the lines of a text. CR LF, LF and a lone CR each end a line.</summary>
    public SourceText(string text, string? path = null)
    {
        Text = text;
        Path = path;
        var starts = new List<int> { 0 };
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.Length || text[i + 1] != '\n')))
            {
                starts.Add(i + 1);
            }
        }

        _lineStarts = [.. starts];
    }

    /// <summary>The text as it was read.</summary>
    public string Text { get; }

    /// <summary>The file it came from, or null.</summary>
    public string? Path { get; }

    /// <summary>The line (from 1) that an offset lies in.</summary>
    public int LineOf(int offset)
    {
        int index = Array.BinarySearch(_lineStarts, offset);
        return index >= 0 ? index + 1 : ~index;
    }

    /// <summary>The text of a line (from 1) without its end.</summary>
    public string LineText(int line)
    {
        int start = _lineStarts[line - 1];
        int end = line < _lineStarts.Length ? _lineStarts[line] : Text.Length;
        return Text[start..end].TrimEnd('\r', '\n');
    }

    /// <summary>The location of a range.</summary>
    public SqlLocation Locate(int start, int length)
    {
        int end = Math.Min(Text.Length, start + Math.Max(0, length));
        int line = LineOf(start);
        int endLine = LineOf(end);
        return new SqlLocation(Path, line, start - _lineStarts[line - 1] + 1, endLine, end - _lineStarts[endLine - 1] + 1);
    }
}
