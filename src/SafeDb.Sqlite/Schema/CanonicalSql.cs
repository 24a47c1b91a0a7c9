using System.Text;

namespace SafeDb.Sqlite.Schema;

/// <summary>
/// Writes a definition so that texts which mean the same are the same: blanks and comments gone, keywords in capitals, names quoted in one way and only where needed.
/// SQLite keeps the author's own text and lets ALTER patch it, so the raw text says little.
/// </summary>
internal static class CanonicalSql
{
    /// <param name="sql">Text out of <c>sqlite_schema</c>.</param>
    /// <param name="known">Names of the database's tables and columns. Only a known name loses its quotes: SQLite reads an unknown one in double quotes as a string.</param>
    public static string Of(string sql, IReadOnlySet<string> known)
    {
        var text = new StringBuilder(sql.Length);
        SqlToken previous = default;
        foreach (SqlToken raw in SqlTokens.Read(sql))
        {
            SqlToken token = Unify(raw, known);
            if (text.Length > 0 && NeedsBlank(previous, token)) text.Append(' ');
            text.Append(token.Text);
            previous = token;
        }

        return text.ToString().TrimEnd(';', ' ') + ";";
    }

    private static SqlToken Unify(SqlToken token, IReadOnlySet<string> known) => token.Kind switch
    {
        SqlTokenKind.QuotedName when known.Contains(token.Text) && SqliteNames.IsSimple(token.Text) => new(SqlTokenKind.QuotedName, token.Text),
        SqlTokenKind.QuotedName => new(SqlTokenKind.QuotedName, SqliteNames.Quote(token.Text)),
        SqlTokenKind.Word when SqliteNames.IsKeyword(token.Text) => new(SqlTokenKind.Word, token.Text.ToUpperInvariant()),
        SqlTokenKind.Word => new(SqlTokenKind.QuotedName, token.Text),
        SqlTokenKind.Symbol when token.Text == "==" => new(SqlTokenKind.Symbol, "="),
        SqlTokenKind.Symbol when token.Text == "!=" => new(SqlTokenKind.Symbol, "<>"),
        _ => token,
    };

    private static bool NeedsBlank(SqlToken previous, SqlToken token) => token.Text switch
    {
        "," or ")" or ";" or "." => false,
        "(" => previous.Kind != SqlTokenKind.QuotedName && previous.Text != "(",
        _ => previous.Text is not ("(" or "."),
    };
}
