using System.Globalization;

using Microsoft.Data.Sqlite;

using SQLitePCL;

namespace SafeDb.Sqlite.Native;

/// <summary>Opens connections. Never creates a file, never pools: a pooled connection would hold locks after it was closed.</summary>
internal static class SqliteConnections
{
    private const int DefaultTimeoutSeconds = 30;

    // https://sqlite.org/fileformat.html: the file format read version is 2 in WAL mode.
    private const int ReadVersionOffset = 19;

    /// <summary>Opens a live database, which must exist, and reads its header.</summary>
    public static SqliteConnection Open(string connectionString, bool readOnly = false)
    {
        SqliteNative.EnsureLoaded();
        var builder = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
        string path = builder.DataSource;
        if (!SqlitePath.Exists(path)) throw SqliteErrors.NotFound.Exception(path);
        if (readOnly || builder.Mode == SqliteOpenMode.ReadOnly) builder.Mode = SqliteOpenMode.ReadOnly;
        else builder.Mode = SqliteOpenMode.ReadWrite;
        if (!builder.ContainsKey("Default Timeout")) builder.DefaultTimeout = DefaultTimeoutSeconds;

        // Explicit, because the libraries differ in their defaults; on, because that is how the drivers of applications run.
        builder.ForeignKeys ??= true;
        return OpenAndRead(builder, path);
    }

    /// <summary>Opens a private file for writing that nobody else knows.</summary>
    public static SqliteConnection OpenPrivate(string path, bool create = false) => OpenAndRead(
        new SqliteConnectionStringBuilder
        {
            DataSource = path, Pooling = false, Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite, ForeignKeys = false,
        },
        path);

    /// <summary>Opens a private file that does not change while it is read: no locks, no sidecar files.</summary>
    public static SqliteConnection OpenFrozen(string path)
    {
        string uri = "file:" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) + "?immutable=1";
        return OpenAndRead(new SqliteConnectionStringBuilder { DataSource = uri, Pooling = false, Mode = SqliteOpenMode.ReadOnly, ForeignKeys = false }, path);
    }

    /// <summary>
    /// Opens a live database to look at it, and leaves nothing behind: beside a database in WAL mode that nobody has open, a reader makes two files, and one that may not write cannot take them away.
    /// </summary>
    public static SqliteConnection OpenToLook(string connectionString)
    {
        string path = new SqliteConnectionStringBuilder(connectionString).DataSource;
        return SqlitePath.Exists(path) && !File.Exists(path + "-wal") && IsInWalMode(path) ? OpenFrozen(path) : Open(connectionString, readOnly: true);
    }

    public static string Text(this SqliteConnection connection, string sql) =>
        Convert.ToString(connection.Scalar(sql), CultureInfo.InvariantCulture) ?? string.Empty;

    public static long Number(this SqliteConnection connection, string sql) => Convert.ToInt64(connection.Scalar(sql), CultureInfo.InvariantCulture);

    public static object? Scalar(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public static void Run(this SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static List<T> Query<T>(this SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params object[] values)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < values.Length; i++) command.Parameters.AddWithValue("$" + (i + 1).ToString(CultureInfo.InvariantCulture), values[i]);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Lets a cancellation stop whatever the connection is doing.</summary>
    public static CancellationTokenRegistration InterruptOn(this SqliteConnection connection, CancellationToken cancellationToken)
    {
        sqlite3 handle = connection.Handle!;
        return cancellationToken.Register(() => raw.sqlite3_interrupt(handle));
    }

    private static bool IsInWalMode(string path)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] version = new byte[1];
        return RandomAccess.Read(file, version, ReadVersionOffset) == 1 && version[0] == 2;
    }

    private static SqliteConnection OpenAndRead(SqliteConnectionStringBuilder builder, string path)
    {
        SqliteNative.EnsureLoaded();
        var connection = new SqliteConnection(builder.ConnectionString);
        try
        {
            connection.Open();
            int milliseconds = (int)Math.Min(int.MaxValue, Math.Max(0, builder.DefaultTimeout) * 1000L);
            _ = raw.sqlite3_busy_timeout(connection.Handle, milliseconds);
            _ = connection.Number("PRAGMA schema_version");
            return connection;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw SqliteFailure.From(e, path);
        }
    }
}
