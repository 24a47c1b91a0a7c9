namespace SafeDb.Sqlite.Sql;

/// <summary>The text does not follow the grammar here. Never leaves <see cref="SqliteParser"/>.</summary>
internal sealed class SqliteSyntaxException(string message, int start, int length) : Exception(message)
{
    public int Start { get; } = start;

    public int Length { get; } = length;
}

/// <summary>Walks over a statement's tokens without blanks and comments.</summary>
internal sealed class SqliteCursor
{
    private readonly List<SqliteToken> _tokens = [];
    private int _at;

    public SqliteCursor(string text, int start, int length)
    {
        Text = text;
        int end = start + length;
        for (int at = start; at < end;)
        {
            SqliteToken token = SqliteLexer.Next(text, at);
            at = token.EndOffset;
            if (!token.IsTrivia)
            {
                _tokens.Add(token);
            }
        }

        _tokens.Add(new SqliteToken(SqliteTokenKind.End, end, 0));
    }

    public string Text { get; }

    public SqliteToken Current => _tokens[_at];

    public int Position
    {
        get => _at;
        set => _at = value;
    }

    public bool AtEnd => Current.Kind is SqliteTokenKind.End or SqliteTokenKind.Semicolon;

    public SqliteToken TokenAt(int position) => _tokens[Math.Clamp(position, 0, _tokens.Count - 1)];

    public ReadOnlySpan<char> Span(SqliteToken token) => Text.AsSpan(token.Start, token.Length);

    public void Advance() => _at = Math.Min(_at + 1, _tokens.Count - 1);

    public bool IsWord(string word) => IsWordAt(_at, word);

    public bool IsWordAt(int position, string word) =>
        TokenAt(position) is { Kind: SqliteTokenKind.Word } token && Span(token).Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsSymbol(char symbol) => Current is { Kind: SqliteTokenKind.Symbol, Length: 1 } token && Text[token.Start] == symbol;

    public bool TakeWord(string word)
    {
        if (!IsWord(word))
        {
            return false;
        }

        Advance();
        return true;
    }

    /// <summary>Takes several words in a row, or nothing.</summary>
    public bool TakeWords(params string[] words)
    {
        for (int i = 0; i < words.Length; i++)
        {
            if (!IsWordAt(_at + i, words[i]))
            {
                return false;
            }
        }

        _at += words.Length;
        return true;
    }

    public bool TakeSymbol(char symbol)
    {
        if (!IsSymbol(symbol))
        {
            return false;
        }

        Advance();
        return true;
    }

    public void ExpectWord(string word)
    {
        if (!TakeWord(word))
        {
            throw Expected(word.ToUpperInvariant());
        }
    }

    public void ExpectSymbol(char symbol)
    {
        if (!TakeSymbol(symbol))
        {
            throw Expected($"'{symbol}'");
        }
    }

    public SqliteSyntaxException Expected(string what)
    {
        string found = AtEnd ? "the end of the statement" : $"'{Shorten(Span(Current).ToString())}'";
        return new SqliteSyntaxException($"expected {what} at {found}", Current.Start, Current.Length);
    }

    /// <summary>A name, unquoted. SQLite also takes a string in single quotes as a name.</summary>
    public string Name(string what)
    {
        if (!IsName(Current))
        {
            throw Expected(what);
        }

        string name = Unquote(Current);
        Advance();
        return name;
    }

    public static bool IsName(SqliteToken token) => token.Kind is SqliteTokenKind.Word or SqliteTokenKind.QuotedName or SqliteTokenKind.Text;

    public SqliteName QualifiedName(string what)
    {
        int start = Current.Start;
        string first = Name(what);
        if (!TakeSymbol('.'))
        {
            return new SqliteName(null, first, start, TokenAt(_at - 1).EndOffset - start);
        }

        string second = Name(what);
        return new SqliteName(first, second, start, TokenAt(_at - 1).EndOffset - start);
    }

    public string Unquote(SqliteToken token)
    {
        string text = Span(token).ToString();
        return token.Kind is SqliteTokenKind.QuotedName or SqliteTokenKind.Text && text.Length >= 2
            ? text[0] == '[' ? text[1..^1] : text[1..^1].Replace(new string(text[0], 2), text[..1], StringComparison.Ordinal)
            : text;
    }

    /// <summary>From an opening parenthesis to behind its closing one; gives the text between them.</summary>
    public string SkipParentheses()
    {
        int open = Current.Start;
        ExpectSymbol('(');
        for (int depth = 1; depth > 0; Advance())
        {
            if (AtEnd)
            {
                throw Expected("')'");
            }

            depth += IsSymbol('(') ? 1 : IsSymbol(')') ? -1 : 0;
        }

        SqliteToken close = TokenAt(_at - 1);
        return Text[(open + 1)..close.Start].Trim();
    }

    /// <summary>Names in parentheses and commas, each perhaps with a collation, an order or an expression's text.</summary>
    public List<string> NameList()
    {
        var names = new List<string>();
        ExpectSymbol('(');
        do
        {
            int start = Current.Start;
            bool simple = IsName(Current);
            string name = simple ? Unquote(Current) : "";
            int from = _at;
            SkipToCommaOrClose();
            bool alone = simple && (_at == from + 1 || IsWordAt(from + 1, "asc") || IsWordAt(from + 1, "desc") || IsWordAt(from + 1, "collate"));
            names.Add(alone ? name : TextFrom(start, "a column"));
        }
        while (TakeSymbol(','));
        ExpectSymbol(')');
        return names;
    }

    /// <summary>The text from an offset to behind the last token taken; at least one must have been.</summary>
    public string TextFrom(int start, string what)
    {
        int end = _at == 0 ? start : TokenAt(_at - 1).EndOffset;
        return end > start ? Text[start..end] : throw Expected(what);
    }

    /// <summary>To the next comma or closing parenthesis that belongs to the parenthesis around, or the end.</summary>
    public void SkipToCommaOrClose()
    {
        for (int depth = 0; !AtEnd; Advance())
        {
            if (depth == 0 && (IsSymbol(',') || IsSymbol(')')))
            {
                return;
            }

            depth += IsSymbol('(') ? 1 : IsSymbol(')') ? -1 : 0;
        }
    }

    /// <summary>Every name and word from a position to the current one.</summary>
    public HashSet<string> WordsFrom(int position)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int i = position; i < _at; i++)
        {
            if (_tokens[i].Kind is SqliteTokenKind.Word or SqliteTokenKind.QuotedName)
            {
                words.Add(Unquote(_tokens[i]));
            }
        }

        return words;
    }

    public void SkipToEnd()
    {
        while (!AtEnd)
        {
            if (Current.Kind is SqliteTokenKind.Illegal or SqliteTokenKind.Unclosed)
            {
                throw new SqliteSyntaxException($"SQLite does not know '{Shorten(Span(Current).ToString())}'", Current.Start, Current.Length);
            }

            Advance();
        }
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 40), "…");
}
