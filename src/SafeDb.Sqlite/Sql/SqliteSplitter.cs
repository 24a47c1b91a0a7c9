using SafeDb.Risk;

namespace SafeDb.Sqlite.Sql;

/// <summary>
/// Cuts a script into statements as the sqlite3 shell would: at semicolons outside of quotes and comments, a trigger at <c>; END ;</c>, dot commands at the end of their line.
/// </summary>
internal static class SqliteSplitter
{
    /// <summary>The pieces; joined they are the text.</summary>
    public static List<ScriptPiece> Split(string text)
    {
        var pieces = new List<ScriptPiece>();
        for (int start = 0; start < text.Length;)
        {
            ScriptPiece piece = Next(text, start);
            pieces.Add(piece);
            start += piece.Length;
        }

        return pieces;
    }

    private static ScriptPiece Next(string text, int start)
    {
        int first = SkipTrivia(text, start);
        if (first == text.Length)
        {
            return new(start, first - start, first, 0, ScriptPieceKind.Trivia);
        }

        if (text[first] == '.' && IsLineStart(text, first))
        {
            int line = text.IndexOf('\n', first);
            int end = line < 0 ? text.Length : line + 1;
            return new(start, end - start, first, text.AsSpan(first, end - first).TrimEnd().Length, ScriptPieceKind.ClientCommand);
        }

        return Statement(text, start, first);
    }

    private static ScriptPiece Statement(string text, int start, int first)
    {
        var end = new StatementEnd();
        int lastEnd = first;
        for (int at = first; at < text.Length;)
        {
            SqliteToken token = SqliteLexer.Next(text, at);
            at = token.EndOffset;
            if (token.Kind == SqliteTokenKind.Unclosed)
            {
                return new(start, text.Length - start, first, text.Length - first, ScriptPieceKind.Broken);
            }

            if (end.Reached(text, token))
            {
                // A lone semicolon is an empty statement: nothing for the engine to do.
                return new(start, at - start, first, lastEnd - first, lastEnd == first ? ScriptPieceKind.Trivia : ScriptPieceKind.Statement);
            }

            lastEnd = token.IsTrivia ? lastEnd : at;
        }

        return new(start, text.Length - start, first, lastEnd - first, ScriptPieceKind.Statement);
    }

    private static int SkipTrivia(string text, int at)
    {
        while (at < text.Length)
        {
            SqliteToken token = SqliteLexer.Next(text, at);
            if (!token.IsTrivia)
            {
                return at;
            }

            at = token.EndOffset;
        }

        return at;
    }

    private static bool IsLineStart(string text, int at)
    {
        while (at > 0 && text[at - 1] is ' ' or '\t' or '\ufeff')
        {
            at--;
        }

        return at == 0 || text[at - 1] == '\n' || text[at - 1] == '\r';
    }

    /// <summary>The states of sqlite3_complete: a CREATE TRIGGER only ends at a semicolon, END, semicolon.</summary>
    private sealed class StatementEnd
    {
        private State _state;

        private enum State
        {
            Start,
            Explain,
            Create,
            Normal,
            Trigger,
            TriggerSemicolon,
            TriggerEnd,
        }

        public bool Reached(string text, SqliteToken token)
        {
            if (token.IsTrivia)
            {
                return false;
            }

            if (token.Kind == SqliteTokenKind.Semicolon)
            {
                bool over = _state is not (State.Trigger or State.TriggerSemicolon);
                _state = State.TriggerSemicolon;
                return over;
            }

            ReadOnlySpan<char> word = token.Kind == SqliteTokenKind.Word ? text.AsSpan(token.Start, token.Length) : default;
            _state = _state switch
            {
                State.Start or State.Explain when Is(word, "create") => State.Create,
                State.Start when Is(word, "explain") => State.Explain,
                State.Explain when Is(word, "query") || Is(word, "plan") => State.Explain,
                State.Create when Is(word, "temp") || Is(word, "temporary") => State.Create,
                State.Create when Is(word, "trigger") => State.Trigger,
                State.TriggerSemicolon when Is(word, "end") => State.TriggerEnd,
                State.Trigger or State.TriggerSemicolon or State.TriggerEnd => State.Trigger,
                _ => State.Normal,
            };
            return false;
        }

        private static bool Is(ReadOnlySpan<char> word, string expected) => word.Equals(expected, StringComparison.OrdinalIgnoreCase);
    }
}
