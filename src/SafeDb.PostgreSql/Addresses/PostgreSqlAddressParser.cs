using System.Data.Common;

using Npgsql;

using SafeDb.Addresses;

namespace SafeDb.PostgreSql.Addresses;

/// <summary>
/// Reads PostgreSQL addresses: libpq URIs, libpq keyword strings and Npgsql connection strings. What an address leaves open comes from the PG* environment
/// variables, then from libpq's defaults.
/// </summary>
/// <param name="environment">Reads an environment variable.</param>
internal sealed class PostgreSqlAddressParser(Func<string, string?> environment)
{
    /// <summary>The address, or null when the text is not of PostgreSQL.</summary>
    public DatabaseAddress? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        NpgsqlConnectionStringBuilder? settings =
            LibpqUri.IsUri(trimmed) ? LibpqUri.Parse(trimmed)
            : LibpqKeywords.LooksLikeOne(trimmed) ? LibpqKeywords.Parse(trimmed)
            : ConnectionString(trimmed);
        return settings is null ? null : Complete(settings);
    }

    /// <summary>An address for connection settings that are complete.</summary>
    public static DatabaseAddress ToAddress(NpgsqlConnectionStringBuilder settings) =>
        new(DatabaseEngine.PostgreSql, settings.ConnectionString, Display(settings), settings.Database!);

    /// <summary>The same server, user and options with another database.</summary>
    public static DatabaseAddress WithDatabase(DatabaseAddress address, string database) =>
        ToAddress(new NpgsqlConnectionStringBuilder(address.GetConnectionString()) { Database = database });

    /// <summary>The address as libpq and its kin take it, password included.</summary>
    public static string ToUrl(DatabaseAddress address)
    {
        var settings = new NpgsqlConnectionStringBuilder(address.GetConnectionString());
        var options = new List<string>();
        if (settings.ShouldSerialize("SSL Mode"))
        {
            options.Add("sslmode=" + settings.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full", var mode => mode.ToString().ToLowerInvariant() });
        }

        if (!string.IsNullOrEmpty(settings.RootCertificate))
        {
            options.Add("sslrootcert=" + Uri.EscapeDataString(settings.RootCertificate));
        }

        return Display(settings, settings.Password) + (options.Count == 0 ? "" : "?" + string.Join('&', options));
    }

    // "Server=" is also a key of SQL Server, so only "Host=" makes a connection string one of PostgreSQL.
    private static NpgsqlConnectionStringBuilder? ConnectionString(string text)
    {
        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return null;
        }

        var raw = new DbConnectionStringBuilder();
        try
        {
            raw.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            return null;
        }

        if (!raw.ContainsKey("Host"))
        {
            return null;
        }

        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // The driver's message repeats values; only the keys are safe to show.
            throw PostgreSqlErrors.AddressInvalid.Exception("a key or value of the connection string is not known to Npgsql.");
        }
    }

    private DatabaseAddress Complete(NpgsqlConnectionStringBuilder settings)
    {
        settings.Host = NonEmpty(settings.Host) ?? NonEmpty(environment("PGHOST")) ?? "localhost";
        if (!settings.ShouldSerialize("Port") && NonEmpty(environment("PGPORT")) is { } port)
        {
            settings.Port = ParsePort(port);
        }

        settings.Username = NonEmpty(settings.Username) ?? NonEmpty(environment("PGUSER")) ?? Environment.UserName;
        settings.Database = NonEmpty(settings.Database) ?? NonEmpty(environment("PGDATABASE")) ?? settings.Username;
        if (string.IsNullOrEmpty(settings.Password) && NonEmpty(environment("PGPASSWORD")) is { } password)
        {
            settings.Password = password;
        }

        if (!settings.ShouldSerialize("SSL Mode") && NonEmpty(environment("PGSSLMODE")) is { } mode)
        {
            LibpqParameters.Apply(settings, "sslmode", mode);
        }

        settings.PersistSecurityInfo = true;
        return ToAddress(settings);
    }

    internal static int ParsePort(string text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65536
            ? port
            : throw PostgreSqlErrors.AddressInvalid.Exception("the port is not a number from 1 to 65535.");

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string Display(NpgsqlConnectionStringBuilder settings, string? password = null)
    {
        IEnumerable<string> hosts = settings.Host!.Split(',').Select(host =>
            host.StartsWith('/') ? Uri.EscapeDataString(host) + ":" + settings.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : HasPort(host) ? host
            : $"{(host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host)}:{settings.Port}");
        string secret = string.IsNullOrEmpty(password) ? "" : ":" + Uri.EscapeDataString(password);
        return $"postgresql://{Uri.EscapeDataString(settings.Username!)}{secret}@{string.Join(',', hosts)}/{Uri.EscapeDataString(settings.Database!)}";
    }

    private static bool HasPort(string host)
    {
        int colon = host.LastIndexOf(':');
        return colon > 0 && (host[colon - 1] == ']' || host.IndexOf(':', StringComparison.Ordinal) == colon);
    }
}
