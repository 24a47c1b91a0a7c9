using Npgsql;

namespace SafeDb.PostgreSql.Addresses;

/// <summary>Reads <c>postgresql://user:password@host:port,host2/database?key=value</c> as libpq does.</summary>
internal static class LibpqUri
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    public static bool IsUri(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        string rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string query = question < 0 ? "" : rest[(question + 1)..];
        rest = question < 0 ? rest : rest[..question];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? rest : rest[..slash];
        var settings = new NpgsqlConnectionStringBuilder();
        if (slash >= 0 && slash + 1 < rest.Length)
        {
            settings.Database = Decode(rest[(slash + 1)..]);
        }

        int at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            ApplyUser(settings, authority[..at]);
        }

        ApplyHosts(settings, authority[(at + 1)..]);
        ApplyQuery(settings, query);
        return settings;
    }

    private static void ApplyUser(NpgsqlConnectionStringBuilder settings, string user)
    {
        int colon = user.IndexOf(':', StringComparison.Ordinal);
        settings.Username = Decode(colon < 0 ? user : user[..colon]);
        if (colon >= 0)
        {
            settings.Password = Decode(user[(colon + 1)..]);
        }
    }

    private static void ApplyHosts(NpgsqlConnectionStringBuilder settings, string hosts)
    {
        if (hosts.Length == 0)
        {
            return;
        }

        var names = new List<string>();
        foreach (string item in hosts.Split(','))
        {
            int close = item.StartsWith('[') ? item.IndexOf(']', StringComparison.Ordinal) : -1;
            int colon = item.IndexOf(':', Math.Max(close, 0));
            string host = Decode(colon < 0 ? item : item[..colon]);
            host = close > 0 ? host.Trim('[', ']') : host;
            string port = colon < 0 ? "" : item[(colon + 1)..];
            if (port.Length > 0 && !hosts.Contains(',', StringComparison.Ordinal))
            {
                settings.Port = PostgreSqlAddressParser.ParsePort(port);
            }

            names.Add(port.Length > 0 && hosts.Contains(',', StringComparison.Ordinal) ? $"{host}:{PostgreSqlAddressParser.ParsePort(port)}" : host);
        }

        settings.Host = string.Join(',', names);
    }

    private static void ApplyQuery(NpgsqlConnectionStringBuilder settings, string query)
    {
        foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw PostgreSqlErrors.AddressInvalid.Exception("a query parameter has no value.");
            }

            LibpqParameters.Apply(settings, Decode(pair[..equals]), Decode(pair[(equals + 1)..]));
        }
    }

    private static string Decode(string text)
    {
        for (int i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                throw PostgreSqlErrors.AddressInvalid.Exception("a percent sign is not followed by two hex digits (write % itself as %25).");
            }
        }

        return Uri.UnescapeDataString(text);
    }
}
