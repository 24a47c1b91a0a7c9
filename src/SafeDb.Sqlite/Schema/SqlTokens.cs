namespace SafeDb.Sqlite.Schema;

/// <summary>What a token is.</summary>
internal enum SqlTokenKind
{
    /// <summary>A keyword or a bare identifier.</summary>
    Word,

    /// <summary>An identifier in any of the four ways to quote one.</summary>
    QuotedName,

    /// <summary>A string, number or blob.</summary>
    Literal,

    /// <summary>Anything else.</summary>
    Symbol,
}

/// <summary>A token; for a quoted name, the text is the name itself.</summary>
internal readonly record struct SqlToken(SqlTokenKind Kind, string Text);

/// <summary>
/// Cuts text that SQLite has already accepted into tokens, for comparing definitions. Not a parser: the risk analysis has its own, which also says where things stand.
/// </summary>
internal static class SqlTokens
{
    private static readonly string[] LongSymbols = ["->>", "||", "<<", ">>", "<=", ">=", "==", "<>", "!=", "->"];

    public static bool IsBlank(string sql) => Read(sql).All(token => token.Text == ";");

    public static string FirstWord(string sql) => Read(sql).FirstOrDefault(token => token.Kind == SqlTokenKind.Word).Text ?? string.Empty;

    public static IEnumerable<SqlToken> Read(string sql)
    {
        int at = 0;
        while (at < sql.Length)
        {
            int skipped = SkipBlank(sql, at);
            if (skipped > at)
            {
                at = skipped;
                continue;
            }

            (SqlToken token, at) = ReadOne(sql, at);
            yield return token;
        }
    }

    private static int SkipBlank(string sql, int at)
    {
        if (char.IsWhiteSpace(sql[at]) || sql[at] is '\uFEFF' or '\0') return at + 1;
        if (sql.AsSpan(at).StartsWith("--"))
        {
            int end = sql.IndexOf('\n', at);
            return end < 0 ? sql.Length : end + 1;
        }

        if (sql.AsSpan(at).StartsWith("/*"))
        {
            int end = sql.IndexOf("*/", at + 2, StringComparison.Ordinal);
            return end < 0 ? sql.Length : end + 2;
        }

        return at;
    }

    private static (SqlToken Token, int Next) ReadOne(string sql, int at)
    {
        char first = sql[at];
        switch (first)
        {
            case '\'':
                int end = EndOfQuoted(sql, at, '\'');
                return (new(SqlTokenKind.Literal, sql[at..end]), end);
            case '"' or '`':
                return QuotedName(sql, at, first);
            case '[':
                int close = sql.IndexOf(']', at);
                int next = close < 0 ? sql.Length : close + 1;
                return (new(SqlTokenKind.QuotedName, sql[(at + 1)..(close < 0 ? sql.Length : close)]), next);
            case 'x' or 'X' when at + 1 < sql.Length && sql[at + 1] == '\'':
                int blobEnd = EndOfQuoted(sql, at + 1, '\'');
                return (new(SqlTokenKind.Literal, sql[at..blobEnd].ToUpperInvariant()), blobEnd);
        }

        if (char.IsAsciiDigit(first) || (first == '.' && at + 1 < sql.Length && char.IsAsciiDigit(sql[at + 1]))) return Number(sql, at);
        if (IsWordStart(first)) return Word(sql, at);
        foreach (string symbol in LongSymbols)
        {
            if (string.CompareOrdinal(sql, at, symbol, 0, symbol.Length) == 0) return (new(SqlTokenKind.Symbol, symbol), at + symbol.Length);
        }

        return (new(SqlTokenKind.Symbol, first.ToString()), at + 1);
    }

    private static (SqlToken Token, int Next) QuotedName(string sql, int at, char quote)
    {
        int end = EndOfQuoted(sql, at, quote);
        string inner = sql[(at + 1)..Math.Max(at + 1, end - 1)].Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal);
        return (new(SqlTokenKind.QuotedName, inner), end);
    }

    private static int EndOfQuoted(string sql, int at, char quote)
    {
        for (int i = at + 1; i < sql.Length; i++)
        {
            if (sql[i] != quote) continue;
            if (i + 1 < sql.Length && sql[i + 1] == quote) i++;
            else return i + 1;
        }

        return sql.Length;
    }

    private static (SqlToken Token, int Next) Number(string sql, int at)
    {
        int end = at;
        while (end < sql.Length
            && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] is '.' or '_' || (sql[end] is '+' or '-' && sql[end - 1] is 'e' or 'E' && !IsHex(sql, at)))) end++;
        return (new(SqlTokenKind.Literal, sql[at..end]), end);
    }

    private static bool IsHex(string sql, int at) => at + 1 < sql.Length && sql[at] == '0' && sql[at + 1] is 'x' or 'X';

    private static (SqlToken Token, int Next) Word(string sql, int at)
    {
        int end = at;
        while (end < sql.Length && (IsWordStart(sql[end]) || char.IsAsciiDigit(sql[end]) || sql[end] == '$')) end++;
        return (new(SqlTokenKind.Word, sql[at..end]), end);
    }

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || c >= 0x80;
}
