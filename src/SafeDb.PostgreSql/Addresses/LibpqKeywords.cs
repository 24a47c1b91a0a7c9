using System.Text;

using Npgsql;

namespace SafeDb.PostgreSql.Addresses;

/// <summary>Reads libpq's keyword strings: <c>host=db.example dbname=shop user=app password='it''s'</c>.</summary>
internal static class LibpqKeywords
{
    public static bool LooksLikeOne(string text) =>
        !text.Contains(';', StringComparison.Ordinal)
        && text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Any(word => word.StartsWith("dbname=", StringComparison.Ordinal));

    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder();
        int at = 0;
        while (SkipBlanks(text, ref at))
        {
            int equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                throw PostgreSqlErrors.AddressInvalid.Exception("a keyword has no value.");
            }

            string key = text[at..equals].Trim();
            at = equals + 1;
            SkipBlanks(text, ref at);
            LibpqParameters.Apply(settings, key, ReadValue(text, ref at));
        }

        return settings;
    }

    private static bool SkipBlanks(string text, ref int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at < text.Length;
    }

    private static string ReadValue(string text, ref int at)
    {
        var value = new StringBuilder();
        bool quoted = at < text.Length && text[at] == '\'';
        at += quoted ? 1 : 0;
        for (; at < text.Length; at++)
        {
            char c = text[at];
            if (quoted ? c == '\'' : char.IsWhiteSpace(c))
            {
                break;
            }

            if (c == '\\' && at + 1 < text.Length)
            {
                c = text[++at];
            }

            value.Append(c);
        }

        if (quoted && at++ >= text.Length)
        {
            throw PostgreSqlErrors.AddressInvalid.Exception("a quoted value is not closed.");
        }

        return value.ToString();
    }
}
