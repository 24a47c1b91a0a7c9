using System.Globalization;

using Npgsql;

namespace SafeDb.PostgreSql.Addresses;

/// <summary>libpq's connection parameters (and those that Prisma and node-postgres add to URIs) as settings of the driver.</summary>
internal static class LibpqParameters
{
    // Known, and without meaning here: the pool and statement cache of other clients, and what the driver always does or never does.
    private static readonly HashSet<string> Tolerated = new(StringComparer.Ordinal)
    {
        "client_encoding", "fallback_application_name", "gssencmode", "krbsrvname", "gsslib", "sslcompression", "sslsni", "requirepeer", "tcp_user_timeout",
        "keepalives_count", "connection_limit", "pool_timeout", "pgbouncer", "socket_timeout", "statement_cache_size", "max_idle_connection_lifetime", "single_use_connections",
        "uselibpqcompat", "sslaccept", "replication", "ssl_min_protocol_version", "ssl_max_protocol_version",
    };

    /// <summary>Applies one parameter; an unknown one is an error, as with libpq, because a mistyped sslmode must not weaken a connection.</summary>
    public static void Apply(NpgsqlConnectionStringBuilder settings, string key, string value)
    {
        switch (key)
        {
            case "host" or "hostaddr": settings.Host = value; break;
            case "port": settings.Port = PostgreSqlAddressParser.ParsePort(value); break;
            case "user": settings.Username = value; break;
            case "password": settings.Password = value; break;
            case "dbname": settings.Database = value; break;
            case "passfile": settings.Passfile = value; break;
            case "application_name": settings.ApplicationName = value; break;
            case "options": settings.Options = value; break;
            case "schema": settings.SearchPath = Identifiers.Quote(value); break;
            case "connect_timeout": settings.Timeout = Seconds(key, value); break;
            case "sslmode": settings.SslMode = Mode(value); break;
            case "ssl": settings.SslMode = value is "true" or "1" ? SslMode.Require : SslMode.Prefer; break;
            case "sslrootcert": settings.RootCertificate = value; break;
            case "sslcert": settings.SslCertificate = value; break;
            case "sslkey": settings.SslKey = value; break;
            case "sslpassword": settings.SslPassword = value; break;
            case "channel_binding": settings.ChannelBinding = Named<ChannelBinding>(key, value); break;
            case "target_session_attrs": settings.TargetSessionAttributes = value; break;
            case "load_balance_hosts": settings.LoadBalanceHosts = value == "random"; break;
            case "keepalives": settings.TcpKeepAlive = value != "0"; break;
            case "keepalives_idle": settings.TcpKeepAliveTime = Seconds(key, value); break;
            case "keepalives_interval": settings.TcpKeepAliveInterval = Seconds(key, value); break;
            default:
                if (!Tolerated.Contains(key))
                {
                    throw PostgreSqlErrors.AddressInvalid.Exception("it has a parameter that is not known" + (key.All(c => char.IsAsciiLetter(c) || c == '_') ? $": {key}." : "."));
                }

                break;
        }
    }

    private static SslMode Mode(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw PostgreSqlErrors.AddressInvalid.Exception("sslmode is not disable, allow, prefer, require, verify-ca or verify-full."),
    };

    private static T Named<T>(string key, string value)
        where T : struct, Enum =>
        Enum.TryParse(value, ignoreCase: true, out T parsed) && !char.IsAsciiDigit(value[0]) ? parsed : throw PostgreSqlErrors.AddressInvalid.Exception($"the value of {key} is not known.");

    private static int Seconds(string key, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds <= 86_400
            ? seconds
            : throw PostgreSqlErrors.AddressInvalid.Exception($"{key} is not a number of seconds.");
}
