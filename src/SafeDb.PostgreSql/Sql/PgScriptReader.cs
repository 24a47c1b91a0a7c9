using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.PostgreSql.Sql;

/// <summary>Cuts a script where psql and the server would: at semicolons outside bodies, at psql's backslash commands, around the rows of a COPY.</summary>
internal sealed class PgScriptReader(string text)
{
    private readonly List<ScriptPiece> _pieces = [];
    private readonly List<Range> _ranges = [];
    private readonly List<SqlComment> _comments = [];
    private readonly List<PgToken> _tokens = new(Math.Max(16, text.Length / 6));
    private int _pieceStart;
    private int _firstToken;
    private int _parentheses;
    private int _bodyDepth;
    private bool _previousWasBegin;

    /// <summary>Reads the whole script.</summary>
    public PgScript Read()
    {
        var lexer = new PgLexer(text, 0, text.Length);
        while (true)
        {
            PgToken token = lexer.Next();
            switch (token.Kind)
            {
                case PgTokenKind.End:
                    Finish(text.Length);
                    return new PgScript(_pieces, [.. _tokens], _ranges, _comments);
                case PgTokenKind.Blank:
                    break;
                case PgTokenKind.LineComment or PgTokenKind.BlockComment:
                    AddComment(token);
                    break;
                case PgTokenKind.Unclosed:
                    _tokens.Add(token);
                    Close(text.Length, ScriptPieceKind.Broken);
                    break;
                case PgTokenKind.Backslash:
                    lexer.MoveTo(ClientCommand(token.Start));
                    break;
                default:
                    lexer.MoveTo(Take(token));
                    break;
            }
        }
    }

    private int Take(PgToken token)
    {
        if (token is { Kind: PgTokenKind.Punctuation, Length: 1 } && text[token.Start] == ';' && EndsHere())
        {
            bool copy = IsCopyFromStdin();
            Close(token.End, ScriptPieceKind.Statement);
            return copy ? CopyData(token.End) : token.End;
        }

        _tokens.Add(token);
        Track(token);
        return token.End;
    }

    private bool EndsHere() => _bodyDepth == 0 && (_parentheses <= 0 || !IsRule());

    // The only statement with semicolons in parentheses; elsewhere an unclosed parenthesis must not swallow what follows.
    private bool IsRule()
    {
        int at = _firstToken;
        return WordAt(at, "create") && (WordAt(at + 1, "rule") || (WordAt(at + 1, "or") && WordAt(at + 2, "replace") && WordAt(at + 3, "rule")));
    }

    private bool IsRoutine()
    {
        int at = _firstToken;
        int kind = WordAt(at + 1, "or") ? at + 3 : at + 1;
        return WordAt(at, "create") && (WordAt(kind, "function") || WordAt(kind, "procedure"));
    }

    private bool IsCopyFromStdin()
    {
        if (!WordAt(_firstToken, "copy"))
        {
            return false;
        }

        for (int i = _firstToken + 1; i + 1 < _tokens.Count; i++)
        {
            if (WordAt(i, "from") && WordAt(i + 1, "stdin"))
            {
                return true;
            }
        }

        return false;
    }

    private void Track(PgToken token)
    {
        if (token is { Kind: PgTokenKind.Punctuation, Length: 1 })
        {
            _parentheses += text[token.Start] switch { '(' => 1, ')' => -1, _ => 0 };
        }
        else if (token.Kind == PgTokenKind.Word)
        {
            int last = _tokens.Count - 1;
            if (_bodyDepth == 0)
            {
                _bodyDepth = _previousWasBegin && WordAt(last, "atomic") && IsRoutine() ? 1 : 0;
            }
            else if (WordAt(last, "case"))
            {
                _bodyDepth++;
            }
            else if (WordAt(last, "end"))
            {
                _bodyDepth--;
            }

            _previousWasBegin = WordAt(last, "begin");
        }
    }

    private int CopyData(int from)
    {
        int line = LineEnd(from);
        while (line < text.Length)
        {
            int next = LineEnd(line);
            if (text.AsSpan(line, next - line).TrimEnd("\r\n").SequenceEqual("\\."))
            {
                _pieces.Add(new ScriptPiece(from, next - from, line, 0, ScriptPieceKind.CopyData));
                _ranges.Add(_tokens.Count.._tokens.Count);
                _pieceStart = next;
                return next;
            }

            line = next;
        }

        // Without its end mark nobody can tell rows from statements.
        if (!text.AsSpan(from).IsWhiteSpace())
        {
            Close(text.Length, ScriptPieceKind.Broken);
        }

        return text.Length;
    }

    private int ClientCommand(int at)
    {
        if (_tokens.Count > _firstToken)
        {
            Close(at, ScriptPieceKind.Statement);
        }

        int end = LineEnd(at);
        _pieces.Add(new ScriptPiece(_pieceStart, end - _pieceStart, at, text.AsSpan(at, end - at).TrimEnd().Length, ScriptPieceKind.ClientCommand));
        _ranges.Add(_tokens.Count.._tokens.Count);
        _pieceStart = end;
        return end;
    }

    private int LineEnd(int from)
    {
        int found = text.AsSpan(from).IndexOf('\n');
        return found < 0 ? text.Length : from + found + 1;
    }

    private void Finish(int end)
    {
        if (_pieceStart < end)
        {
            Close(end, ScriptPieceKind.Statement);
        }
    }

    private void Close(int end, ScriptPieceKind kind)
    {
        bool empty = _tokens.Count == _firstToken;
        if (empty)
        {
            _pieces.Add(new ScriptPiece(_pieceStart, end - _pieceStart, end, 0, kind == ScriptPieceKind.Broken ? kind : ScriptPieceKind.Trivia));
        }
        else
        {
            int start = _tokens[_firstToken].Start;
            _pieces.Add(new ScriptPiece(_pieceStart, end - _pieceStart, start, _tokens[^1].End - start, kind));
        }

        _ranges.Add(_firstToken.._tokens.Count);
        _pieceStart = end;
        _firstToken = _tokens.Count;
        _parentheses = 0;
        _bodyDepth = 0;
        _previousWasBegin = false;
    }

    private void AddComment(PgToken token)
    {
        bool line = token.Kind == PgTokenKind.LineComment;
        _comments.Add(new SqlComment(token.Start, token.Length, token.Start + 2, token.Length - (line ? 2 : 4)));
    }

    private bool WordAt(int index, ReadOnlySpan<char> word) =>
        index >= _firstToken && index < _tokens.Count && _tokens[index].Kind == PgTokenKind.Word
        && text.AsSpan(_tokens[index].Start, _tokens[index].Length).Equals(word, StringComparison.OrdinalIgnoreCase);
}
