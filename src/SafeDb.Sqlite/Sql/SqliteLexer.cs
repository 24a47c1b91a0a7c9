namespace SafeDb.Sqlite.Sql;

/// <summary>Cuts SQL into tokens as SQLite's own tokenizer does. Linear; never fails: what it does not know becomes <see cref="SqliteTokenKind.Illegal"/>.</summary>
internal static class SqliteLexer
{
    /// <summary>All tokens, trivia included; joined they are the text.</summary>
    public static List<SqliteToken> Tokens(string text)
    {
        var tokens = new List<SqliteToken>(text.Length / 4);
        for (int at = 0; at < text.Length;)
        {
            SqliteToken token = Next(text, at);
            tokens.Add(token);
            at = token.EndOffset;
        }

        return tokens;
    }

    /// <summary>The token at an offset.</summary>
    public static SqliteToken Next(string text, int at)
    {
        char first = text[at];
        char second = at + 1 < text.Length ? text[at + 1] : '\0';
        return first switch
        {
            _ when IsBlank(first) => Run(text, at, SqliteTokenKind.Blank, IsBlank),
            '-' when second == '-' => LineComment(text, at),
            '/' when second == '*' => BlockComment(text, at),
            '\'' => Quoted(text, at, '\'', SqliteTokenKind.Text),
            '"' or '`' => Quoted(text, at, first, SqliteTokenKind.QuotedName),
            '[' => Bracketed(text, at),
            ';' => new(SqliteTokenKind.Semicolon, at, 1),
            'x' or 'X' when second == '\'' => Blob(text, at),
            '.' when char.IsAsciiDigit(second) => Number(text, at),
            _ when char.IsAsciiDigit(first) => Number(text, at),
            '?' or '#' => Variable(text, at),
            '@' or ':' or '$' when IsNamePart(second) => Variable(text, at),
            _ when IsNamePart(first) => Run(text, at, SqliteTokenKind.Word, IsNamePart),
            _ => Symbol(text, at, first, second),
        };
    }

    /// <summary>Whether a character can be part of a name without quotes.</summary>
    public static bool IsNamePart(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '$' || (letter >= '\u0080' && letter != '\ufeff');

    // A byte order mark counts as blank for SQLite; so it does here.
    private static bool IsBlank(char letter) => letter is ' ' or '\t' or '\n' or '\r' or '\f' or '\ufeff';

    private static SqliteToken Run(string text, int at, SqliteTokenKind kind, Func<char, bool> belongs)
    {
        int end = at + 1;
        while (end < text.Length && belongs(text[end]))
        {
            end++;
        }

        return new(kind, at, end - at);
    }

    private static SqliteToken LineComment(string text, int at)
    {
        int end = text.IndexOf('\n', at);
        return new(SqliteTokenKind.Comment, at, (end < 0 ? text.Length : end) - at);
    }

    // A block comment that never ends is a comment up to the end of the text, and not an error, in SQLite.
    private static SqliteToken BlockComment(string text, int at)
    {
        int end = text.IndexOf("*/", at + 2, StringComparison.Ordinal);
        return new(SqliteTokenKind.Comment, at, (end < 0 ? text.Length : end + 2) - at);
    }

    private static SqliteToken Quoted(string text, int at, char quote, SqliteTokenKind kind)
    {
        for (int end = at + 1; end < text.Length; end++)
        {
            if (text[end] != quote)
            {
                continue;
            }

            if (end + 1 < text.Length && text[end + 1] == quote)
            {
                end++;
                continue;
            }

            return new(kind, at, end + 1 - at);
        }

        return new(SqliteTokenKind.Unclosed, at, text.Length - at);
    }

    private static SqliteToken Bracketed(string text, int at)
    {
        int end = text.IndexOf(']', at);
        return end < 0 ? new(SqliteTokenKind.Unclosed, at, text.Length - at) : new(SqliteTokenKind.QuotedName, at, end + 1 - at);
    }

    private static SqliteToken Blob(string text, int at)
    {
        int end = at + 2;
        while (end < text.Length && char.IsAsciiHexDigit(text[end]))
        {
            end++;
        }

        bool closed = end < text.Length && text[end] == '\'';
        if (closed)
        {
            return new((end - at) % 2 == 0 ? SqliteTokenKind.Blob : SqliteTokenKind.Illegal, at, end + 1 - at);
        }

        int quote = text.IndexOf('\'', end);
        return quote < 0 ? new(SqliteTokenKind.Unclosed, at, text.Length - at) : new(SqliteTokenKind.Illegal, at, quote + 1 - at);
    }

    private static SqliteToken Number(string text, int at)
    {
        int end = at;
        while (end < text.Length && (IsNamePart(text[end]) || text[end] == '.' || (text[end] is '+' or '-' && text[end - 1] is 'e' or 'E' && !IsHex(text, at))))
        {
            end++;
        }

        return new(SqliteTokenKind.Number, at, end - at);
    }

    private static bool IsHex(string text, int at) => at + 1 < text.Length && text[at] == '0' && text[at + 1] is 'x' or 'X';

    private static SqliteToken Variable(string text, int at)
    {
        int end = at + 1;
        while (end < text.Length && IsNamePart(text[end]))
        {
            end++;
        }

        return new(SqliteTokenKind.Variable, at, end - at);
    }

    private static SqliteToken Symbol(string text, int at, char first, char second)
    {
        string pair = string.Create(2, (first, second), static (span, letters) => (span[0], span[1]) = letters);
        if (pair is "||" or "<=" or ">=" or "<>" or "!=" or "==" or "<<" or ">>" or "->")
        {
            bool arrow = pair == "->" && at + 2 < text.Length && text[at + 2] == '>';
            return new(SqliteTokenKind.Symbol, at, arrow ? 3 : 2);
        }

        bool known = first is '(' or ')' or ',' or '.' or '*' or '/' or '+' or '-' or '%' or '=' or '<' or '>' or '|' or '&' or '~';
        return new(known ? SqliteTokenKind.Symbol : SqliteTokenKind.Illegal, at, 1);
    }
}
