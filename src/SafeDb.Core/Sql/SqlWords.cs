namespace SafeDb.Sql;

/// <summary>The first words of a statement, in upper case, past blanks and comments.</summary>
public static class SqlWords
{
    /// <summary>Up to <paramref name="count"/> words; anything else than a word is a word of one character.</summary>
    public static IReadOnlyList<string> First(string sql, int count)
    {
        var words = new List<string>();
        int i = 0;
        while (words.Count < count && (i = SkipBlanks(sql, i)) < sql.Length)
        {
            int start = i;
            if (char.IsLetter(sql[i]) || sql[i] == '_')
            {
                while (i < sql.Length && (char.IsLetterOrDigit(sql[i]) || sql[i] is '_' or '$'))
                {
                    i++;
                }
            }
            else
            {
                i = SkipQuoted(sql, i);
            }

            words.Add(sql[start..i].ToUpperInvariant());
        }

        return words;
    }

    /// <summary>The offset past blanks and comments (block comments nest, as in PostgreSQL).</summary>
    internal static int SkipBlanks(string sql, int i)
    {
        while (i < sql.Length)
        {
            if (char.IsWhiteSpace(sql[i]))
            {
                i++;
            }
            else if (Starts(sql, i, "--"))
            {
                int end = sql.IndexOf('\n', i);
                i = end < 0 ? sql.Length : end + 1;
            }
            else if (Starts(sql, i, "/*"))
            {
                i = SkipBlock(sql, i);
            }
            else
            {
                break;
            }
        }

        return i;
    }

    /// <summary>The offset past one token that is no word: a quoted text, a dollar quote, or one character.</summary>
    internal static int SkipQuoted(string sql, int i)
    {
        char first = sql[i];
        if (first is '\'' or '"' or '`')
        {
            int end = i + 1;
            while (end < sql.Length && (sql[end] != first || (end + 1 < sql.Length && sql[end + 1] == first)))
            {
                end += sql[end] == first ? 2 : 1;
            }

            return Math.Min(sql.Length, end + 1);
        }

        if (first == '$' && DollarTag(sql, i) is string tag)
        {
            int end = sql.IndexOf(tag, i + tag.Length, StringComparison.Ordinal);
            return end < 0 ? sql.Length : end + tag.Length;
        }

        return i + 1;
    }

    private static string? DollarTag(string sql, int i)
    {
        int end = i + 1;
        while (end < sql.Length && (char.IsLetterOrDigit(sql[end]) || sql[end] == '_'))
        {
            end++;
        }

        return end < sql.Length && sql[end] == '$' && (end == i + 1 || !char.IsDigit(sql[i + 1])) ? sql[i..(end + 1)] : null;
    }

    private static int SkipBlock(string sql, int i)
    {
        int depth = 0;
        do
        {
            if (Starts(sql, i, "/*"))
            {
                depth++;
                i += 2;
            }
            else if (Starts(sql, i, "*/"))
            {
                depth--;
                i += 2;
            }
            else
            {
                i++;
            }
        }
        while (depth > 0 && i < sql.Length);
        return Math.Min(i, sql.Length);
    }

    private static bool Starts(string sql, int i, string what) => string.CompareOrdinal(sql, i, what, 0, what.Length) == 0;
}
