using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.SqlServer.Sql;

/// <summary>
/// Cuts a script at <c>GO</c> as sqlcmd and Management Studio do: the word stands alone on its line, perhaps with a count and a comment, and never inside a comment, string or quoted name.
/// <c>GO;</c> is no separator but an error of the script, left in the batch for the parser to refuse.
/// </summary>
internal static class TSqlBatchSplitter
{
    /// <summary>The pieces of a script; their texts joined are the script.</summary>
    public static IReadOnlyList<ScriptPiece> Split(string text)
    {
        var pieces = new List<ScriptPiece>();
        int start = 0;
        int line = 0;
        int i = 0;
        while (i < text.Length)
        {
            if (i == line && GoLine(text, i) is int end && end >= 0)
            {
                AddBatch(pieces, text, start, i);
                int word = i + text.AsSpan(i).IndexOfAny('G', 'g');
                pieces.Add(new ScriptPiece(i, end - i, word, Trimmed(text, word, end) - word, ScriptPieceKind.ClientCommand));
                start = line = i = end;
                continue;
            }

            // Only a line end outside strings and comments starts a line that GO can stand on.
            bool lineEnd = text[i] == '\n';
            i = TSqlTrivia.SkipToken(text, i);
            line = lineEnd ? i : line;
        }

        AddBatch(pieces, text, start, text.Length);
        return pieces;
    }

    private static void AddBatch(List<ScriptPiece> pieces, string text, int start, int end)
    {
        if (end == start)
        {
            return;
        }

        int first = TSqlTrivia.SkipBlanksAndComments(text, start, end);
        pieces.Add(first == end
            ? new ScriptPiece(start, end - start, end, 0, ScriptPieceKind.Trivia)
            : new ScriptPiece(start, end - start, first, Trimmed(text, first, end) - first, ScriptPieceKind.Statement));
    }

    // The end of a line that is GO, its line end included, or -1.
    private static int GoLine(string text, int start)
    {
        int lineEnd = text.IndexOf('\n', start);
        int end = lineEnd < 0 ? text.Length : lineEnd + 1;
        ReadOnlySpan<char> content = text.AsSpan(start, end - start).Trim();
        if (content.Length < 2 || !content[..2].Equals("GO", StringComparison.OrdinalIgnoreCase))
        {
            return -1;
        }

        ReadOnlySpan<char> rest = content[2..];
        int comment = rest.IndexOf("--");
        rest = comment < 0 ? rest : rest[..comment];
        if (!rest.IsEmpty && !char.IsWhiteSpace(rest[0]))
        {
            return -1;
        }

        rest = rest.Trim();
        return rest.IndexOfAnyExceptInRange('0', '9') < 0 ? end : -1;
    }

    private static int Trimmed(string text, int start, int end)
    {
        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }
}
