using Microsoft.Data.Sqlite;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Sqlite.Native;

namespace SafeDb.Sqlite;

/// <summary>Reads the forms of a SQLite address: <c>sqlite:</c> and <c>file:</c> URIs, connection strings, and bare paths that can be nothing else.</summary>
internal static class SqliteAddressParser
{
    private static readonly string[] Extensions = [".db", ".sqlite", ".sqlite3", ".db3"];

    /// <summary>Query parameters of other tools' file URIs that do not change what is read.</summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase) { "connection_limit", "pool_timeout", "socket_timeout", "connect_timeout", "schema" };

    /// <summary>Null when the text is none of these.</summary>
    public static DatabaseAddress? TryParse(string text)
    {
        text = text.Trim();
        if (text.Length == 0) return null;
        if (StartsWith(text, "sqlite3:")) return FromUri(text["sqlite3:".Length..]);
        if (StartsWith(text, "sqlite:")) return FromUri(text["sqlite:".Length..]);
        if (StartsWith(text, "file:")) return FromUri(text["file:".Length..]);
        if (text.Contains('=', StringComparison.Ordinal) && FromConnectionString(text) is { } address) return address;
        return text.Contains("://", StringComparison.Ordinal) || text.IndexOfAny([';', '\n', '\0']) >= 0 || !IsBarePath(text) ? null : ToAddress(text, new());
    }

    private static bool StartsWith(string text, string scheme) => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);

    private static DatabaseAddress FromUri(string rest)
    {
        var options = new SqliteConnectionStringBuilder();
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0)
        {
            foreach (string pair in rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries)) ReadOption(options, pair);
            rest = rest[..query];
        }

        if (StartsWith(rest, "//localhost/")) rest = "//" + rest["//localhost".Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            rest = Uri.UnescapeDataString(rest[2..]);
            if (OperatingSystem.IsWindows() && rest.Length > 2 && rest[0] == '/' && rest[2] == ':') rest = rest[1..];
        }

        return ToAddress(rest, options);
    }

    private static void ReadOption(SqliteConnectionStringBuilder options, string pair)
    {
        string[] parts = pair.Split('=', 2);
        string value = parts.Length > 1 ? Uri.UnescapeDataString(parts[1]).ToLowerInvariant() : string.Empty;
        switch (parts[0].ToLowerInvariant())
        {
            case "mode" when value == "ro":
                options.Mode = SqliteOpenMode.ReadOnly;
                break;
            case "mode" when value is "rw" or "rwc":
                break;
            case "foreign_keys" when value is "0" or "1" or "on" or "off" or "true" or "false":
                options.ForeignKeys = value is "1" or "on" or "true";
                break;
            case var name when Ignored.Contains(name):
                break;
            case "password" or "key" or "hexkey":
                throw SqliteErrors.EncryptionUnsupported.Exception();
            default:
                throw SqliteErrors.BadAddress.Exception("it has a query parameter that SafeDb does not know, or a value that it does not take");
        }
    }

    private static DatabaseAddress? FromConnectionString(string text)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return null; // words of another engine's connection string
        }

        if (builder.DataSource.Length == 0) return null;
        bool onlySource = builder.Count > 0 && !text.Trim().TrimEnd(';').Contains(';', StringComparison.Ordinal);
        bool own = !onlySource || builder.DataSource == ":memory:" || StartsWith(builder.DataSource, "file:") || IsBarePath(builder.DataSource);

        // "Data Source=server;Password=…" is SQL Server's as well: without a word that only SQLite has, the source must look like a file.
        if (!own || (builder.Password.Length > 0 && !IsBarePath(builder.DataSource))) return null;
        if (builder.Password.Length > 0) throw SqliteErrors.EncryptionUnsupported.Exception();
        if (builder.Mode == SqliteOpenMode.Memory) throw SqliteErrors.BadAddress.Exception("a database in memory belongs to its own process");
        return StartsWith(builder.DataSource, "file:") ? FromUri(builder.DataSource["file:".Length..]) : ToAddress(builder.DataSource, builder);
    }

    private static DatabaseAddress ToAddress(string path, SqliteConnectionStringBuilder options)
    {
        if (path.Length == 0) throw SqliteErrors.BadAddress.Exception("it names no file");
        if (path.Contains(":memory:", StringComparison.OrdinalIgnoreCase)) throw SqliteErrors.BadAddress.Exception("a database in memory belongs to its own process");
        if (path.Contains('\0', StringComparison.Ordinal)) throw SqliteErrors.BadAddress.Exception("the path holds a NUL");
        return SqlitePath.ToAddress(Path.GetFullPath(path), options.ConnectionString);
    }

    private static bool IsBarePath(string text)
    {
        if (Extensions.Contains(Path.GetExtension(text), StringComparer.OrdinalIgnoreCase)) return true;
        if (!File.Exists(text) || new FileInfo(text).Length == 0) return false;
        try
        {
            // Asked of the library, never by reading the file: closing a descriptor of our own would drop the locks that it holds on the same file.
            using SqliteConnection connection = SqliteConnections.Open(new SqliteConnectionStringBuilder { DataSource = Path.GetFullPath(text), DefaultTimeout = 1 }.ConnectionString, readOnly: true);
            return true;
        }
        catch (SafeDbException e)
        {
            return e.Id != SqliteErrors.NotADatabase.Id && e.Error.Kind is ErrorKind.Locked or ErrorKind.Corrupt;
        }
    }
}
