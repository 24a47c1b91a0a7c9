namespace SafeDb.PostgreSql.Sql;

/// <summary>Cuts a text into PostgreSQL's tokens, one after another, in time linear in its length. The tokens cover the text without gaps.</summary>
internal ref struct PgLexer(string text, int start, int end)
{
    private int _position = start;

    /// <summary>Continues from another place, after text that is not SQL (rows of a COPY, a command of psql).</summary>
    public void MoveTo(int position) => _position = position;

    /// <summary>Reads the next token; <see cref="PgTokenKind.End"/> again and again at the end.</summary>
    public PgToken Next()
    {
        int begin = _position;
        if (begin >= end)
        {
            return new PgToken(PgTokenKind.End, end, 0);
        }

        PgTokenKind kind = Scan(text[begin]);
        return new PgToken(kind, begin, _position - begin);
    }

    private PgTokenKind Scan(char first)
    {
        switch (first)
        {
            case ' ' or '\t' or '\n' or '\r' or '\f' or '\v' or '\uFEFF':
                return Blank();
            case '-' when At(1) == '-':
                return LineComment();
            case '/' when At(1) == '*':
                return BlockComment();
            case '\'':
                return String(escapes: false, 0);
            case '"':
                return QuotedName(0);
            case 'e' or 'E' when At(1) == '\'':
                return String(escapes: true, 1);
            case 'b' or 'B' or 'x' or 'X' or 'n' or 'N' when At(1) == '\'':
                return String(escapes: false, 1);
            case 'u' or 'U' when At(1) == '&' && At(2) == '\'':
                return String(escapes: false, 2);
            case 'u' or 'U' when At(1) == '&' && At(2) == '"':
                return QuotedName(2);
            case '$':
                return Dollar();
            case '(' or ')' or '[' or ']' or ',' or ';':
                return Advance(PgTokenKind.Punctuation, 1);
            case ':':
                return Advance(PgTokenKind.Punctuation, At(1) is ':' or '=' ? 2 : 1);
            case '.':
                return At(1) == '.' ? Advance(PgTokenKind.Punctuation, 2) : char.IsAsciiDigit(At(1)) ? Number() : Advance(PgTokenKind.Punctuation, 1);
            case '\\':
                return Advance(PgTokenKind.Backslash, 1);
            default:
                return IsNameStart(first) ? Word() : char.IsAsciiDigit(first) ? Number() : IsOperator(first) ? Operator() : Advance(PgTokenKind.Unknown, 1);
        }
    }

    private readonly char At(int offset) => _position + offset < end ? text[_position + offset] : '\0';

    private PgTokenKind Advance(PgTokenKind kind, int length)
    {
        _position += length;
        return kind;
    }

    private PgTokenKind Blank()
    {
        while (_position < end && (text[_position] is ' ' or '\t' or '\n' or '\r' or '\f' or '\v' or '\uFEFF'))
        {
            _position++;
        }

        return PgTokenKind.Blank;
    }

    private PgTokenKind LineComment()
    {
        int found = text.AsSpan(_position, end - _position).IndexOfAny('\n', '\r');
        _position = found < 0 ? end : _position + found;
        return PgTokenKind.LineComment;
    }

    private PgTokenKind BlockComment()
    {
        int depth = 0;
        while (_position < end)
        {
            if (text[_position] == '/' && At(1) == '*')
            {
                depth++;
                _position += 2;
            }
            else if (text[_position] == '*' && At(1) == '/')
            {
                depth--;
                _position += 2;
                if (depth == 0)
                {
                    return PgTokenKind.BlockComment;
                }
            }
            else
            {
                _position++;
            }
        }

        return PgTokenKind.Unclosed;
    }

    private PgTokenKind String(bool escapes, int prefix)
    {
        _position += prefix + 1;
        while (_position < end)
        {
            char current = text[_position];
            if (current == '\\' && escapes)
            {
                _position = Math.Min(end, _position + 2);
                continue;
            }

            _position++;
            if (current == '\'')
            {
                if (At(0) == '\'')
                {
                    _position++;
                }
                else if (!Continues())
                {
                    return PgTokenKind.String;
                }
            }
        }

        return PgTokenKind.Unclosed;
    }

    // 'a' <line end> 'b' is one string, and the second half keeps the escapes of the first.
    private bool Continues()
    {
        bool newLine = false;
        for (int i = _position; i < end; i++)
        {
            char current = text[i];
            if (current is '\n' or '\r')
            {
                newLine = true;
            }
            else if (current == '\'' && newLine)
            {
                _position = i + 1;
                return true;
            }
            else if (current is not (' ' or '\t'))
            {
                return false;
            }
        }

        return false;
    }

    private PgTokenKind QuotedName(int prefix)
    {
        _position += prefix + 1;
        while (_position < end)
        {
            if (text[_position++] == '"')
            {
                if (At(0) != '"')
                {
                    return PgTokenKind.QuotedName;
                }

                _position++;
            }
        }

        return PgTokenKind.Unclosed;
    }

    private PgTokenKind Dollar()
    {
        if (char.IsAsciiDigit(At(1)))
        {
            _position++;
            while (char.IsAsciiDigit(At(0)))
            {
                _position++;
            }

            return PgTokenKind.Parameter;
        }

        int tagEnd = _position + 1;
        if (tagEnd < end && IsNameStart(text[tagEnd]))
        {
            while (tagEnd < end && IsTagPart(text[tagEnd]))
            {
                tagEnd++;
            }
        }

        if (tagEnd >= end || text[tagEnd] != '$')
        {
            return Advance(PgTokenKind.Unknown, 1);
        }

        ReadOnlySpan<char> tag = text.AsSpan(_position, tagEnd + 1 - _position);
        int body = tagEnd + 1;
        int found = text.AsSpan(body, end - body).IndexOf(tag, StringComparison.Ordinal);
        _position = found < 0 ? end : body + found + tag.Length;
        return found < 0 ? PgTokenKind.Unclosed : PgTokenKind.String;
    }

    private PgTokenKind Word()
    {
        while (_position < end && (IsTagPart(text[_position]) || text[_position] == '$'))
        {
            _position++;
        }

        return PgTokenKind.Word;
    }

    private PgTokenKind Number()
    {
        while (_position < end)
        {
            char current = text[_position];
            if (char.IsAsciiLetterOrDigit(current) || current == '_' || (current == '.' && At(1) != '.'))
            {
                _position++;
                bool exponent = (current is 'e' or 'E') && (At(0) is '+' or '-') && char.IsAsciiDigit(At(1));
                _position += exponent ? 1 : 0;
                continue;
            }

            break;
        }

        return PgTokenKind.Number;
    }

    private PgTokenKind Operator()
    {
        int begin = _position;
        bool special = false;
        while (_position < end && IsOperator(text[_position]))
        {
            bool comment = (text[_position] == '-' && At(1) == '-') || (text[_position] == '/' && At(1) == '*');
            if (comment && _position > begin)
            {
                break;
            }

            special |= text[_position] is '~' or '!' or '@' or '#' or '%' or '^' or '&' or '|' or '`' or '?';
            _position++;
        }

        // "=-1" is "=" and "-1", but "@-" is one operator: a final sign belongs to an operator only beside one of the special characters.
        while (!special && _position - begin > 1 && (text[_position - 1] is '+' or '-'))
        {
            _position--;
        }

        return PgTokenKind.Operator;
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_' || (c >= '\u0080' && c != '\uFEFF');

    private static bool IsTagPart(char c) => IsNameStart(c) || char.IsAsciiDigit(c);

    private static bool IsOperator(char c) => "+-*/<>=~!@#%^&|`?".Contains(c, StringComparison.Ordinal);
}
