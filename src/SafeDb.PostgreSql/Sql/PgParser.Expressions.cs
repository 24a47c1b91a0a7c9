using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>Types and expressions.</content>
internal sealed partial class PgParser
{
    private static readonly string[] ColumnConstraintWords =
        ["constraint", "not", "null", "check", "default", "generated", "unique", "primary", "references", "deferrable", "initially", "enforced", "collate"];

    private PgType Type()
    {
        Accept("setof");
        string first = Name();
        bool quoted = _at > 0 && _at - 1 < _last && _tokens[_at - 1].Kind == PgTokenKind.QuotedName;
        string? schema = null;
        if (AcceptSymbol('.'))
        {
            (schema, first) = (first, Name());
            schema = schema == "pg_catalog" ? null : schema;
        }

        PgType type = quoted || schema is not null ? UserType(schema, first) : BuiltInType(first);
        if (AcceptPercentType())
        {
            return new PgType(null, "%type");
        }

        return type with { Dimensions = Dimensions() };
    }

    private bool AcceptPercentType()
    {
        if (!AtEnd && Span(_at) is "%" && IsWord(_at + 1, "type"))
        {
            _at += 2;
            return true;
        }

        return false;
    }

    private PgType UserType(string? schema, string name) => new(schema, schema is null && PgTypeNames.IsBuiltIn(PgTypeNames.Canonical(name)) ? PgTypeNames.Canonical(name) : name) { Modifiers = Modifiers() };

    private PgType BuiltInType(string first)
    {
        switch (first)
        {
            case "double" when Accept("precision"):
                return new PgType(null, "double precision");
            case "national":
                _ = Accept("character") || Accept("char");
                return Characters();
            case "character" or "char" or "nchar":
                return Characters();
            case "varchar":
                return new PgType(null, "character varying") { Modifiers = Modifiers() };
            case "bit":
                string bit = Accept("varying") ? "bit varying" : "bit";
                IReadOnlyList<int> bits = Modifiers();
                return new PgType(null, bit) { Modifiers = bit == "bit" && bits.Count == 0 ? [1] : bits };
            case "time" or "timestamp":
                IReadOnlyList<int> precision = Modifiers();
                bool zone = Accept("with", "time", "zone");
                Accept("without", "time", "zone");
                return new PgType(null, zone ? first + " with time zone" : first + " without time zone") { Modifiers = precision };
            case "interval":
                string? fields = IntervalFields();
                return new PgType(null, "interval") { Fields = fields, Modifiers = Modifiers() };
            case "serial" or "serial4" or "bigserial" or "serial8" or "smallserial" or "serial2":
                return new PgType(null, first.StartsWith("big", StringComparison.Ordinal) || first == "serial8" ? "bigint" : first.StartsWith("small", StringComparison.Ordinal) || first == "serial2" ? "smallint" : "integer") { Serial = true };
            case "float":
                IReadOnlyList<int> binary = Modifiers();
                return new PgType(null, binary.Count > 0 && binary[0] <= 24 ? "real" : "double precision");
            default:
                return new PgType(null, PgTypeNames.Canonical(first)) { Modifiers = Modifiers() };
        }
    }

    private PgType Characters()
    {
        string name = Accept("varying") ? "character varying" : "character";
        IReadOnlyList<int> length = Modifiers();
        return new PgType(null, name) { Modifiers = name == "character" && length.Count == 0 ? [1] : length };
    }

    private string? IntervalFields()
    {
        int first = _at;
        while (Accept("year") || Accept("month") || Accept("day") || Accept("hour") || Accept("minute") || Accept("second") || Accept("to"))
        {
        }

        return _at == first ? null : string.Join(' ', Enumerable.Range(first, _at - first).Select(i => Span(i).ToString().ToLowerInvariant()));
    }

    private IReadOnlyList<int> Modifiers()
    {
        if (!IsSymbol(_at, '('))
        {
            return [];
        }

        int end = SkipParentheses(_at);
        var values = new List<int>();
        for (int i = _at + 1; i < end - 1; i++)
        {
            if (_tokens[i].Kind == PgTokenKind.Number && int.TryParse(Span(i), System.Globalization.CultureInfo.InvariantCulture, out int value))
            {
                values.Add(i > 0 && Span(i - 1) is "-" ? -value : value);
            }
        }

        _at = end;
        return values;
    }

    private int Dimensions()
    {
        int dimensions = 0;
        if (Accept("array"))
        {
            dimensions = 1;
        }

        while (IsSymbol(_at, '['))
        {
            _at = SkipParentheses(_at);
            dimensions = Math.Max(1, dimensions + 1);
        }

        return dimensions > 1 && IsWord(_at - 1, "array") ? 1 : dimensions;
    }

    /// <summary>An expression up to a comma or closing parenthesis outside parentheses, or one of the given words.</summary>
    private PgExpression ExpressionUntil(params ReadOnlySpan<string> stops)
    {
        int first = _at;
        while (!AtEnd)
        {
            if (IsSymbol(_at, '(') || IsSymbol(_at, '['))
            {
                _at = SkipParentheses(_at);
                continue;
            }

            if (IsSymbol(_at, ',') || IsSymbol(_at, ')') || (_at > first && IsAny(_at, stops)))
            {
                break;
            }

            _at++;
        }

        if (_at == first)
        {
            Fail("an expression");
        }

        return Expression(first, _at);
    }

    private PgExpression GroupedExpression()
    {
        int first = _at;
        SkipGroup();
        return Expression(Math.Min(first + 1, _at), Math.Max(first + 1, _at - 1));
    }

    private bool IsAny(int index, ReadOnlySpan<string> words)
    {
        if (_tokens[index].Kind != PgTokenKind.Word)
        {
            return false;
        }

        foreach (string word in words)
        {
            if (IsWord(index, word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What an expression calls and mentions.</summary>
    private PgExpression Expression(int first, int afterLast)
    {
        if (_failure is not null || first >= afterLast)
        {
            return new PgExpression("", [], []);
        }

        var calls = new List<PgName>();
        var names = new List<string>();
        bool query = false;
        for (int i = first; i < afterLast; i++)
        {
            if (_tokens[i].Kind is not (PgTokenKind.Word or PgTokenKind.QuotedName))
            {
                continue;
            }

            query |= IsWord(i, "select");
            bool type = i > first && Span(i - 1) is "::";
            bool qualified = i > first + 1 && IsSymbol(i - 1, '.');
            string name = Unquote(i);
            if (IsSymbol(i + 1, '(') && !type && !PgFunctions.IsSyntax(name))
            {
                calls.Add(new PgName(qualified ? Unquote(i - 2) : null, name));
            }
            else
            {
                names.Add(name);
                if (PgFunctions.IsCallWithoutParentheses(name) && _tokens[i].Kind == PgTokenKind.Word)
                {
                    calls.Add(new PgName(null, name));
                }
            }
        }

        return new PgExpression(TextOf(first, afterLast), calls, names) { HasQuery = query };
    }
}
