using Microsoft.Data.Sqlite;

using SafeDb.Errors;
using SafeDb.Sqlite.Native;

namespace SafeDb.Sqlite.Restore;

/// <summary>
/// Holds a database so that nobody else can use it, with all its content in its one file. Leaving WAL mode is the library's own proof that no other connection exists;
/// and in rollback mode no <c>-wal</c> is left that the next opener could play into another file of the same name.
/// </summary>
internal sealed class TargetHold : IDisposable
{
    private const int WaitSeconds = 2;
    private readonly SqliteConnection _connection;

    private TargetHold(SqliteConnection connection, bool wasWal)
    {
        _connection = connection;
        WasWal = wasWal;
    }

    public bool WasWal { get; }

    /// <summary>Takes the hold; null when the file is damaged or no database, so that the library cannot hold it.</summary>
    public static TargetHold? Take(string path)
    {
        SqliteConnection connection;
        try
        {
            connection = SqliteConnections.Open(new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = WaitSeconds, ForeignKeys = false }.ConnectionString);
        }
        catch (SafeDbException e) when (e.Error.Kind == ErrorKind.Corrupt || e.Id == SqliteErrors.NotADatabase.Id)
        {
            return null;
        }
        catch (SafeDbException e) when (e.Error.Kind == ErrorKind.Locked)
        {
            throw SqliteErrors.InUse.Caused(e, path, "another connection holds a lock");
        }

        bool wasWal = false;
        try
        {
            wasWal = connection.Text("PRAGMA journal_mode") == "wal";
            Exclude(connection, path);
            return new TargetHold(connection, wasWal);
        }
        catch (Exception e)
        {
            Release(connection, wasWal);
            if (e is SqliteException failure && SqliteFailure.From(failure, path).Id is var id && (id == SqliteErrors.Corrupt.Id || id == SqliteErrors.NotADatabase.Id)) return null;
            if (e is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED }) throw SqliteErrors.InUse.Caused(e, path, "another connection is open");
            throw;
        }
    }

    public long Objects() => _connection.Number("SELECT count(*) FROM sqlite_master");

    /// <summary>Closes without giving the old file its journal mode back: its name leads to another file now.</summary>
    public void Close() => _connection.Dispose();

    /// <summary>Gives everything back as it was.</summary>
    public void Dispose()
    {
        if (_connection.State == System.Data.ConnectionState.Open) Release(_connection, WasWal);
    }

    private static void Exclude(SqliteConnection connection, string path)
    {
        if (connection.Text("PRAGMA journal_mode = DELETE") == "wal") throw SqliteErrors.InUse.Exception(path, "another connection is open");
        connection.Run("BEGIN EXCLUSIVE");
        if (connection.Text("PRAGMA journal_mode") == "wal") throw SqliteErrors.InUse.Exception(path, "another connection has just opened it");
        IReadOnlyList<string> holders = OtherHolders.Find(path, ownDescriptors: 1);
        if (holders.Count > 0) throw SqliteErrors.InUse.Exception(path, string.Join(", ", holders));
    }

    private static void Release(SqliteConnection connection, bool wasWal)
    {
        using (connection)
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0) connection.Run("ROLLBACK");

            // The result is not asked for: when somebody else has come in, the database stays usable in the other mode.
            if (wasWal) _ = SQLitePCL.raw.sqlite3_exec(connection.Handle, "PRAGMA journal_mode = WAL");
        }
    }
}
