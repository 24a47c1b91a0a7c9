using Microsoft.Data.Sqlite;

using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Schema;

using SQLitePCL;

namespace SafeDb.Sqlite.Content;

/// <summary>Takes the rows of tables out of a private copy, so that an image can leave tables out. No trigger and no cascade runs, and nothing stays in free pages.</summary>
internal static class RowPruner
{
    public static void Remove(string path, IReadOnlyCollection<SqliteTable> tables)
    {
        if (tables.Count == 0) return;
        using (SqliteConnection connection = SqliteConnections.OpenPrivate(path))
        {
            connection.Run("PRAGMA secure_delete = ON");
            if (raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, out _) != raw.SQLITE_OK)
                throw SqliteErrors.ScopeUnsupported.Exception("this SQLite library cannot switch triggers off");
            connection.Run("BEGIN IMMEDIATE");
            bool sequences = connection.Number("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'") > 0;
            foreach (SqliteTable table in tables)
            {
                Clear(connection, table);
                if (sequences) connection.Query("DELETE FROM sqlite_sequence WHERE name = $1", row => 0, table.Name);
            }

            connection.Run("COMMIT");
            connection.Run("VACUUM");
            if (connection.Text("PRAGMA journal_mode") == "wal") connection.Run("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    private static void Clear(SqliteConnection connection, SqliteTable table)
    {
        string name = SqliteNames.Quote(table.Name);
        bool fts5WithoutContent = table.Module == "fts5" && connection.Query(
            "SELECT count(*) FROM sqlite_master WHERE name = $1", row => row.GetInt64(0), table.Name + "_content")[0] == 0;
        connection.Run(fts5WithoutContent ? $"INSERT INTO {name}({name}) VALUES ('delete-all')" : $"DELETE FROM {name}");
    }
}
