using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Sql;

/// <summary>A statement of a script with its syntax tree, or why it has none.</summary>
/// <param name="Start">Offset in the script.</param>
/// <param name="Length">Length without terminator.</param>
/// <param name="Tree">The tree, or null.</param>
/// <param name="Problem">What the parser said, or null.</param>
internal sealed record TSqlStatementText(int Start, int Length, TSqlStatement? Tree, string? Problem);

/// <summary>
/// Reads the statements of a script with ScriptDom, batch by batch. A batch that does not parse as a whole is tried again statement by statement, cut at semicolons, so that one bad
/// statement hides nothing else.
/// </summary>
internal static class TSqlScriptReader
{
    private const int MostLines = 400;
    private const int MostJoined = 6;

    private static readonly HashSet<string> FirstWords = new(StringComparer.Ordinal)
    {
        "CREATE", "ALTER", "DROP", "TRUNCATE", "INSERT", "UPDATE", "DELETE", "MERGE", "SELECT", "WITH", "EXEC", "EXECUTE", "IF", "WHILE", "DECLARE", "SET", "PRINT", "GRANT", "REVOKE", "DENY",
        "BEGIN", "COMMIT", "ROLLBACK", "DBCC", "USE", "ENABLE", "DISABLE", "RAISERROR", "THROW",
    };

    public static IReadOnlyList<TSqlStatementText> Read(string text)
    {
        var statements = new List<TSqlStatementText>();
        foreach (ScriptPiece batch in TSqlBatchSplitter.Split(text).Where(piece => piece.Kind == ScriptPieceKind.Statement))
        {
            ReadBatch(text, batch.StatementStart, batch.StatementLength, statements);
        }

        return statements;
    }

    private static void ReadBatch(string text, int start, int length, List<TSqlStatementText> statements)
    {
        if (TryParse(text, start, length, out IReadOnlyList<TSqlStatement> trees, out string? whole))
        {
            statements.AddRange(trees.Select(tree => new TSqlStatementText(start + tree.StartOffset, WithoutTerminator(text, start + tree.StartOffset, tree.FragmentLength), tree, null)));
            return;
        }

        if (IsModule(text, start, start + length))
        {
            // Its body is part of it: what stands there does not run now.
            statements.Add(new TSqlStatementText(start, WithoutTerminator(text, start, length), null, whole));
            return;
        }

        foreach ((int pieceStart, int pieceLength) in CutAtSemicolons(text, start, length))
        {
            if (TryParse(text, pieceStart, pieceLength, out trees, out string? problem))
            {
                statements.AddRange(trees.Select(tree => new TSqlStatementText(pieceStart + tree.StartOffset, WithoutTerminator(text, pieceStart + tree.StartOffset, tree.FragmentLength), tree, null)));
            }
            else
            {
                ReadLines(text, pieceStart, pieceLength, problem, statements);
            }
        }
    }

    // Without semicolons a statement ends where a line begins with the first word of another one. Some statements contain such lines, so pieces that do not parse are tried together with the next few.
    private static void ReadLines(string text, int start, int length, string? problem, List<TSqlStatementText> statements)
    {
        List<int> starts = StatementLines(text, start, length);
        if (starts.Count is < 2 or > MostLines)
        {
            statements.Add(new TSqlStatementText(start, length, null, problem));
            return;
        }

        starts.Add(start + length);
        for (int i = 0; i < starts.Count - 1;)
        {
            int next = i + 1;
            IReadOnlyList<TSqlStatement> trees = [];
            while (next < starts.Count && next <= i + MostJoined && !TryParse(text, starts[i], starts[next] - starts[i], out trees, out problem))
            {
                next++;
            }

            if (trees.Count > 0)
            {
                int from = starts[i];
                statements.AddRange(trees.Select(tree => new TSqlStatementText(from + tree.StartOffset, WithoutTerminator(text, from + tree.StartOffset, tree.FragmentLength), tree, null)));
                i = next;
            }
            else
            {
                statements.Add(new TSqlStatementText(starts[i], WithoutTerminator(text, starts[i], starts[i + 1] - starts[i]), null, problem));
                i++;
            }
        }
    }

    // CREATE or ALTER of a procedure, function, trigger or view is alone in its batch.
    private static bool IsModule(string text, int start, int end)
    {
        var words = new List<string>();
        for (int i = TSqlTrivia.SkipBlanksAndComments(text, start, end); i < end && words.Count < 4;)
        {
            string word = Word(text, i);
            if (word.Length == 0)
            {
                break;
            }

            words.Add(word);
            i = TSqlTrivia.SkipBlanksAndComments(text, i + word.Length, end);
        }

        int kind = words is [_, "OR", "ALTER", ..] ? 3 : 1;
        return words is ["CREATE" or "ALTER", ..] && words.Count > kind && words[kind] is "PROC" or "PROCEDURE" or "FUNCTION" or "TRIGGER" or "VIEW";
    }

    private static List<int> StatementLines(string text, int start, int length)
    {
        var starts = new List<int> { start };
        bool lineStart = false;
        for (int i = start; i < start + length;)
        {
            if (lineStart && !char.IsWhiteSpace(text[i]) && i > start && FirstWords.Contains(Word(text, i)))
            {
                starts.Add(i);
            }

            lineStart = text[i] == '\n' || (lineStart && char.IsWhiteSpace(text[i]));
            i = TSqlTrivia.SkipToken(text, i);
        }

        return starts;
    }

    private static string Word(string text, int at)
    {
        int end = at;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        return text[at..end].ToUpperInvariant();
    }

    private static bool TryParse(string text, int start, int length, out IReadOnlyList<TSqlStatement> trees, out string? problem)
    {
        trees = [];
        problem = null;
        if (TSqlNesting.IsTooDeep(text.AsSpan(start, length)))
        {
            problem = "it nests too deep";
            return false;
        }

        try
        {
            using var reader = new StringReader(text.Substring(start, length));
            if (new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out IList<ParseError> errors) is TSqlScript script && errors.Count == 0)
            {
                trees = [.. script.Batches.SelectMany(batch => batch.Statements)];
                return true;
            }

            problem = errors.Count > 0 ? errors[0].Message : "nothing that ScriptDom knows";
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or NullReferenceException or IndexOutOfRangeException)
        {
            // The parser is a library with bugs of its own; a statement that breaks it is one that was not analysed.
            problem = $"the parser failed ({failure.GetType().Name})";
        }

        return false;
    }

    private static IEnumerable<(int Start, int Length)> CutAtSemicolons(string text, int start, int length)
    {
        int end = start + length;
        int from = start;
        for (int i = start; i < end;)
        {
            if (text[i] == ';')
            {
                if (Piece(text, from, i) is { } piece)
                {
                    yield return piece;
                }

                from = i + 1;
            }

            i = TSqlTrivia.SkipToken(text, i);
        }

        if (Piece(text, from, end) is { } last)
        {
            yield return last;
        }
    }

    private static (int Start, int Length)? Piece(string text, int from, int end)
    {
        int first = TSqlTrivia.SkipBlanksAndComments(text, from, end);
        int last = end;
        while (last > first && char.IsWhiteSpace(text[last - 1]))
        {
            last--;
        }

        return last > first ? (first, last - first) : null;
    }

    private static int WithoutTerminator(string text, int start, int length)
    {
        while (length > 0 && (text[start + length - 1] == ';' || char.IsWhiteSpace(text[start + length - 1])))
        {
            length--;
        }

        return length;
    }
}
