using SafeDb.Sql;

namespace SafeDb.SqlServer.Sql;

/// <summary>The little that must be known of T-SQL's lexis before a parser sees it: where comments, strings and quoted names end.</summary>
internal static class TSqlTrivia
{
    /// <summary>The offset after the comment, string, quoted name or single character at <paramref name="i"/>. Linear, and at the end of the text for what is not closed.</summary>
    public static int SkipToken(string text, int i) => text[i] switch
    {
        '\'' => SkipQuoted(text, i, '\''),
        '"' => SkipQuoted(text, i, '"'),
        '[' => SkipQuoted(text, i, ']'),
        '-' when Follows(text, i, '-') => LineEnd(text, i),
        '/' when Follows(text, i, '*') => SkipBlockComment(text, i),
        _ => i + 1,
    };

    /// <summary>The offset of the first character that is neither blank nor comment, at most <paramref name="end"/>.</summary>
    public static int SkipBlanksAndComments(string text, int i, int end)
    {
        while (i < end && (char.IsWhiteSpace(text[i]) || IsComment(text, i)))
        {
            i = SkipToken(text, i);
        }

        return Math.Min(i, end);
    }

    /// <summary>Every comment, in order.</summary>
    public static IReadOnlyList<SqlComment> Comments(string text)
    {
        var comments = new List<SqlComment>();
        for (int i = 0, next; i < text.Length; i = next)
        {
            next = SkipToken(text, i);
            if (IsComment(text, i))
            {
                bool block = text[i] == '/';
                int close = block && next - i >= 4 && text[next - 1] == '/' && text[next - 2] == '*' ? 2 : 0;
                comments.Add(new SqlComment(i, next - i, i + 2, Math.Max(0, next - i - 2 - close)));
            }
        }

        return comments;
    }

    private static bool IsComment(string text, int i) => (text[i] == '-' && Follows(text, i, '-')) || (text[i] == '/' && Follows(text, i, '*'));

    private static bool Follows(string text, int i, char next) => i + 1 < text.Length && text[i + 1] == next;

    private static int LineEnd(string text, int i)
    {
        int end = text.IndexOf('\n', i);
        return end < 0 ? text.Length : end;
    }

    private static int SkipQuoted(string text, int i, char quote)
    {
        for (int at = i + 1; ;)
        {
            int close = text.IndexOf(quote, at);
            if (close < 0)
            {
                return text.Length;
            }

            if (!Follows(text, close, quote))
            {
                return close + 1;
            }

            at = close + 2;
        }
    }

    // Block comments nest in T-SQL.
    private static int SkipBlockComment(string text, int i)
    {
        int depth = 0;
        for (int at = i; at + 1 < text.Length;)
        {
            if (text[at] == '/' && text[at + 1] == '*')
            {
                depth++;
                at += 2;
            }
            else if (text[at] == '*' && text[at + 1] == '/')
            {
                at += 2;
                if (--depth == 0)
                {
                    return at;
                }
            }
            else
            {
                at++;
            }
        }

        return text.Length;
    }
}
