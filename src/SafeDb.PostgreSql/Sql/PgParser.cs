using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <summary>
/// Reads one statement from its tokens by recursive descent. The first thing that does not fit moves the cursor to the end, so every loop ends and nothing is thrown;
/// the statement is then <see cref="UnknownStatement"/> with the reason.
/// </summary>
internal sealed partial class PgParser
{
    private readonly string _text;
    private readonly PgToken[] _tokens;
    private readonly int _last;
    private int _at;
    private string? _failure;

    private PgParser(string text, PgToken[] tokens, Range range)
    {
        _text = text;
        _tokens = tokens;
        _at = range.Start.Value;
        _last = range.End.Value;
    }

    /// <summary>Reads a statement.</summary>
    public static PgStatement Parse(string text, PgToken[] tokens, Range range)
    {
        var parser = new PgParser(text, tokens, range);
        PgStatement statement = parser.Statement();
        if (parser._failure is null && parser._at < parser._last)
        {
            parser.Fail("the end of the statement");
        }

        return parser._failure is null ? statement : new UnknownStatement(parser._failure);
    }

    /// <summary>Reads what follows a word that stands for SELECT, such as PERFORM.</summary>
    public static PgStatement ParseQuery(string text, PgToken[] tokens, Range range)
    {
        var parser = new PgParser(text, tokens, range);
        QueryStatement query = parser.Query(parser._at);
        return parser._failure is null ? query : new UnknownStatement(parser._failure);
    }

    /// <summary>The value of a string token.</summary>
    public static string StringOf(string text, PgToken[] tokens, int index) => new PgParser(text, tokens, 0..tokens.Length).StringValue(index);

    /// <summary>Reads a type from a text of its own; null when it is none.</summary>
    public static PgType? ParseType(string text)
    {
        PgScript script = PgScript.Read(text);
        var parser = new PgParser(text, script.Tokens, 0..script.Tokens.Length);
        PgType type = parser.Type();
        return parser._failure is null && parser._at == parser._last ? type : null;
    }

    /// <summary>Reads an expression from a text of its own.</summary>
    public static PgExpression ParseExpression(string text)
    {
        PgScript script = PgScript.Read(text);
        return new PgParser(text, script.Tokens, 0..script.Tokens.Length).Expression(0, script.Tokens.Length);
    }

    /// <summary>Reads a constraint from a text of its own (<c>pg_get_constraintdef</c>); null when it cannot be read.</summary>
    public static TableConstraint? ParseConstraint(string name, string text)
    {
        PgScript script = PgScript.Read(text);
        var parser = new PgParser(text, script.Tokens, 0..script.Tokens.Length);
        TableConstraint? constraint = parser.Constraint(null);
        return parser._failure is null && constraint is not null ? constraint with { Name = name } : null;
    }

    private bool AtEnd => _at >= _last;

    private ReadOnlySpan<char> Span(int index) => index < _last ? _text.AsSpan(_tokens[index].Start, _tokens[index].Length) : [];

    private bool IsWord(int index, ReadOnlySpan<char> word) =>
        index < _last && _tokens[index].Kind == PgTokenKind.Word && _tokens[index].Length == word.Length && Span(index).Equals(word, StringComparison.OrdinalIgnoreCase);

    private bool Peek(ReadOnlySpan<char> word) => IsWord(_at, word);

    private bool Peek(ReadOnlySpan<char> first, ReadOnlySpan<char> second) => IsWord(_at, first) && IsWord(_at + 1, second);

    private bool Accept(ReadOnlySpan<char> word)
    {
        if (!IsWord(_at, word))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Accept(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        if (!Peek(first, second))
        {
            return false;
        }

        _at += 2;
        return true;
    }

    private bool Accept(ReadOnlySpan<char> first, ReadOnlySpan<char> second, ReadOnlySpan<char> third)
    {
        if (!Peek(first, second) || !IsWord(_at + 2, third))
        {
            return false;
        }

        _at += 3;
        return true;
    }

    private void Expect(ReadOnlySpan<char> word)
    {
        if (!Accept(word))
        {
            Fail(word.ToString().ToUpperInvariant());
        }
    }

    private bool IsSymbol(int index, char symbol) => index < _last && _tokens[index].Length == 1 && _text[_tokens[index].Start] == symbol;

    private bool AcceptSymbol(char symbol)
    {
        if (!IsSymbol(_at, symbol))
        {
            return false;
        }

        _at++;
        return true;
    }

    private void ExpectSymbol(char symbol)
    {
        if (!AcceptSymbol(symbol))
        {
            Fail($"'{symbol}'");
        }
    }

    private void Fail(string expected)
    {
        _failure ??= AtEnd ? $"expected {expected} at the end" : $"expected {expected} at '{Shorten(Span(_at))}'";
        _at = _last;
    }

    private static string Shorten(ReadOnlySpan<char> text) => text.Length <= 30 ? text.ToString() : string.Concat(text[..30], "…");

    private string Name()
    {
        if (!AtEnd && _tokens[_at].Kind is PgTokenKind.Word or PgTokenKind.QuotedName)
        {
            return Unquote(_at++);
        }

        Fail("a name");
        return "";
    }

    private string Unquote(int index)
    {
        ReadOnlySpan<char> span = Span(index);
        if (_tokens[index].Kind == PgTokenKind.Word)
        {
            // Only ASCII is folded: PostgreSQL leaves other letters of multibyte encodings as they are.
            return string.Create(span.Length, (_text, _tokens[index].Start), static (target, source) =>
            {
                for (int i = 0; i < target.Length; i++)
                {
                    char c = source._text[source.Start + i];
                    target[i] = char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
                }
            });
        }

        int quote = span.IndexOf('"');
        string inner = span[(quote + 1)..^1].ToString();
        return inner.Contains('"', StringComparison.Ordinal) ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : inner;
    }

    private PgName QualifiedName()
    {
        string first = Name();
        if (!AcceptSymbol('.'))
        {
            return new PgName(null, first);
        }

        // Names of databases and catalogs before the schema say nothing new.
        var name = new PgName(first, Name());
        while (AcceptSymbol('.'))
        {
            name = new PgName(name.Name, Name());
        }

        return name;
    }

    // [ONLY] name [*], with parentheses around the name after ONLY if one likes them.
    private PgName Relation(out bool only)
    {
        only = Accept("only");
        bool grouped = only && AcceptSymbol('(');
        PgName name = QualifiedName();
        if (grouped)
        {
            ExpectSymbol(')');
        }

        _at += !AtEnd && Span(_at) is "*" ? 1 : 0;
        return name;
    }

    private List<PgName> NameList()
    {
        var names = new List<PgName>();
        do
        {
            names.Add(Relation(out _));
        }
        while (AcceptSymbol(','));
        return names;
    }

    private List<string> ColumnList()
    {
        var names = new List<string>();
        ExpectSymbol('(');
        do
        {
            // PERIOD marks the last column of a temporal foreign key (18).
            _at += Peek("period") && _at + 1 < _last && _tokens[_at + 1].Kind is PgTokenKind.Word or PgTokenKind.QuotedName ? 1 : 0;
            names.Add(Name());
            if (AcceptSymbol('.'))
            {
                names[^1] = Name();
            }
        }
        while (AcceptSymbol(','));
        Accept("without", "overlaps");
        ExpectSymbol(')');
        return names;
    }

    private string Literal()
    {
        if (!AtEnd && _tokens[_at].Kind == PgTokenKind.String)
        {
            return StringValue(_at++);
        }

        Fail("a string");
        return "";
    }

    private string StringValue(int index)
    {
        ReadOnlySpan<char> span = Span(index);
        if (span[0] == '$')
        {
            int tag = span[1..].IndexOf('$') + 2;
            return span[tag..^tag].ToString();
        }

        int quote = span.IndexOf('\'');
        string inner = span[(quote + 1)..^1].ToString();
        return inner.Contains('\'', StringComparison.Ordinal) ? inner.Replace("''", "'", StringComparison.Ordinal) : inner;
    }

    private string TextOf(int first, int afterLast) =>
        first >= afterLast ? "" : _text[_tokens[first].Start.._tokens[afterLast - 1].End];

    private int SkipParentheses(int index)
    {
        int depth = 0;
        for (; index < _last; index++)
        {
            depth += IsSymbol(index, '(') || IsSymbol(index, '[') ? 1 : IsSymbol(index, ')') || IsSymbol(index, ']') ? -1 : 0;
            if (depth == 0)
            {
                return index + 1;
            }
        }

        return _last;
    }

    private void SkipGroup()
    {
        if (!IsSymbol(_at, '('))
        {
            Fail("'('");
            return;
        }

        int after = SkipParentheses(_at);
        if (after >= _last && !IsSymbol(_last - 1, ')'))
        {
            Fail("')'");
            return;
        }

        _at = after;
    }

    private void SkipRest() => _at = _last;
}
