namespace SafeDb.PostgreSql.Connections;

/// <summary>
/// Cuts canonical definitions into statements. The driver's own cutting does not know SQL-standard function bodies (<c>BEGIN ATOMIC … END</c>), whose semicolons do not end
/// the statement. For texts that SafeDb or the server wrote, with standard_conforming_strings on.
/// </summary>
internal static class StatementSplitter
{
    /// <summary>The statements without their semicolons, in order.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var statements = new List<string>();
        int start = 0;
        int parens = 0;
        int blocks = 0;
        string previous = "";
        for (int at = 0; at < text.Length;)
        {
            int end = TokenEnd(text, at);
            string token = end - at > 1 || !char.IsWhiteSpace(text[at]) ? text[at..end] : "";
            if (token == ";" && parens == 0 && blocks == 0)
            {
                Add(statements, text[start..at]);
                start = end;
            }

            parens += token == "(" ? 1 : token == ")" ? -1 : 0;
            blocks += BlockChange(token, previous, blocks);
            previous = token.Length > 0 ? token : previous;
            at = end;
        }

        Add(statements, text[start..]);
        return statements;
    }

    /// <summary>The first word of a statement in upper case, blanks and comments skipped; empty when there is none.</summary>
    public static string FirstWord(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int end = TokenEnd(text, at);
            if (IsWord(text[at]))
            {
                return text[at..end].ToUpperInvariant();
            }

            at = end;
        }

        return "";
    }

    // Inside an atomic body every CASE has its END too.
    private static int BlockChange(string token, string previous, int blocks)
    {
        bool Is(string word) => token.Equals(word, StringComparison.OrdinalIgnoreCase);
        return Is("ATOMIC") && previous.Equals("BEGIN", StringComparison.OrdinalIgnoreCase) ? 1
            : blocks > 0 && Is("CASE") ? 1
            : blocks > 0 && Is("END") ? -1
            : 0;
    }

    private static void Add(List<string> statements, string text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            statements.Add(text.Trim());
        }
    }

    private static int TokenEnd(string text, int at)
    {
        char c = text[at];
        if (c is '\'' or '"')
        {
            return QuotedEnd(text, at, escapes: false);
        }

        if (c == '-' && Next(text, at) == '-')
        {
            int line = text.IndexOf('\n', at);
            return line < 0 ? text.Length : line + 1;
        }

        if (c == '/' && Next(text, at) == '*')
        {
            return CommentEnd(text, at);
        }

        if (c == '$' && DollarTag(text, at) is { } tag)
        {
            int close = text.IndexOf(tag, at + tag.Length, StringComparison.Ordinal);
            return close < 0 ? text.Length : close + tag.Length;
        }

        if (!IsWord(c))
        {
            return at + 1;
        }

        int end = at + 1;
        while (end < text.Length && IsWord(text[end]))
        {
            end++;
        }

        // E'…': the one kind of string in which a backslash escapes the quote.
        return end - at == 1 && c is 'E' or 'e' && end < text.Length && text[end] == '\'' ? QuotedEnd(text, end, escapes: true) : end;
    }

    // Comments of this form nest.
    private static int CommentEnd(string text, int open)
    {
        int depth = 0;
        int at = open;
        do
        {
            bool begins = text[at] == '/' && Next(text, at) == '*';
            bool ends = text[at] == '*' && Next(text, at) == '/';
            depth += begins ? 1 : ends ? -1 : 0;
            at += begins || ends ? 2 : 1;
        }
        while (depth > 0 && at < text.Length);

        return Math.Min(at, text.Length);
    }

    private static int QuotedEnd(string text, int open, bool escapes)
    {
        char quote = text[open];
        for (int at = open + 1; at < text.Length; at++)
        {
            if (escapes && text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == quote && Next(text, at) == quote)
            {
                at++;
            }
            else if (text[at] == quote)
            {
                return at + 1;
            }
        }

        return text.Length;
    }

    private static string? DollarTag(string text, int at)
    {
        int end = at + 1;
        while (end < text.Length && text[end] != '$' && IsWord(text[end]))
        {
            end++;
        }

        return end < text.Length && text[end] == '$' && !char.IsAsciiDigit(text[at + 1]) ? text[at..(end + 1)] : null;
    }

    private static char Next(string text, int at) => at + 1 < text.Length ? text[at + 1] : '\0';

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' || c > 127;
}
