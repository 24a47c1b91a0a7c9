using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>Whether a CHECK says that a column is not null, in a form that the server recognises: the test itself, or one side of an AND.</summary>
internal static class NotNullProof
{
    /// <summary>Whether the constraint proves it.</summary>
    public static bool Proves(TableConstraint constraint, string column)
    {
        if (constraint.Kind == ConstraintKind.NotNull)
        {
            return constraint.Columns.Contains(column, StringComparer.Ordinal);
        }

        if (constraint is not { Kind: ConstraintKind.Check, Check: { } check })
        {
            return false;
        }

        PgScript script = PgScript.Read(check.Text);
        return Proves(check.Text, script.Tokens, 0, script.Tokens.Length, column);
    }

    private static bool Proves(string text, PgToken[] tokens, int first, int last, string column)
    {
        while (last - first > 2 && IsSymbol(text, tokens[first], '(') && Matching(text, tokens, first, last) == last - 1)
        {
            (first, last) = (first + 1, last - 1);
        }

        var parts = new List<(int, int)>();
        int start = first;
        int depth = 0;
        for (int i = first; i < last; i++)
        {
            depth += IsSymbol(text, tokens[i], '(') ? 1 : IsSymbol(text, tokens[i], ')') ? -1 : 0;
            if (depth == 0 && IsWord(text, tokens[i], "or"))
            {
                return false;
            }

            if (depth == 0 && IsWord(text, tokens[i], "and"))
            {
                parts.Add((start, i));
                start = i + 1;
            }
        }

        parts.Add((start, last));
        return parts.Count == 1
            ? IsTest(text, tokens, first, last, column)
            : parts.Exists(part => part.Item2 > part.Item1 && Proves(text, tokens, part.Item1, part.Item2, column));
    }

    private static bool IsTest(string text, PgToken[] tokens, int first, int last, string column) =>
        last - first == 4 && Names(text, tokens[first], column) && IsWord(text, tokens[first + 1], "is") && IsWord(text, tokens[first + 2], "not") && IsWord(text, tokens[first + 3], "null");

    private static bool Names(string text, PgToken token, string column)
    {
        ReadOnlySpan<char> span = text.AsSpan(token.Start, token.Length);
        return token.Kind == PgTokenKind.QuotedName ? span[1..^1].SequenceEqual(column) : token.Kind == PgTokenKind.Word && span.Equals(column, StringComparison.OrdinalIgnoreCase);
    }

    private static int Matching(string text, PgToken[] tokens, int open, int last)
    {
        int depth = 0;
        for (int i = open; i < last; i++)
        {
            depth += IsSymbol(text, tokens[i], '(') ? 1 : IsSymbol(text, tokens[i], ')') ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsSymbol(string text, PgToken token, char symbol) => token.Length == 1 && text[token.Start] == symbol;

    private static bool IsWord(string text, PgToken token, string word) =>
        token.Kind == PgTokenKind.Word && text.AsSpan(token.Start, token.Length).Equals(word, StringComparison.OrdinalIgnoreCase);
}
