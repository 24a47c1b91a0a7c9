using System.Text;

using SafeDb.Sql;

namespace SafeDb.Migration.Script;

/// <summary>A statement as reports show it: on one line, short, and with every literal taken out, since literals may be passwords or people's data.</summary>
public static class SqlPreview
{
    /// <summary>The preview.</summary>
    public static string Of(string sql, int length = 240)
    {
        var text = new StringBuilder();
        int i = 0;
        while (i < sql.Length && text.Length < length)
        {
            int next = SqlWords.SkipBlanks(sql, i);
            if (next > i)
            {
                text.Append(text.Length > 0 ? " " : "");
                i = next;
                continue;
            }

            int end = sql[i] is '\'' or '"' or '`' or '$' ? SqlWords.SkipQuoted(sql, i) : i + 1;
            text.Append(sql[i] == '\'' || (sql[i] == '$' && end > i + 2) ? "'…'" : sql[i..end]);
            i = end;
        }

        return text.Length < length && i >= sql.Length ? text.ToString().TrimEnd() : text.ToString(0, Math.Min(text.Length, length)).TrimEnd() + "…";
    }
}
