using System.Globalization;

using Microsoft.Data.Sqlite;

using SafeDb.Archive;
using SafeDb.Providers;
using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Schema;

namespace SafeDb.Sqlite.Restore;

/// <summary>Finds rows that differ between two files, by row id, or by primary key where there is none. Only the key's values are shown.</summary>
internal static class RowDifferences
{
    private const string Archived = "archived";

    public static IReadOnlyList<RowDifference> Find(string original, string copy, ManifestTable wanted, int limit, CancellationToken cancellationToken)
    {
        using SqliteConnection connection = SqliteConnections.OpenPrivate(copy);
        using CancellationTokenRegistration interrupt = connection.InterruptOn(cancellationToken);
        connection.Query($"ATTACH $1 AS {Archived}", row => 0, original);
        SqliteTable? table = new SqliteSchemaReader(connection).ReadCatalogue().Tables.FirstOrDefault(table => table.Identity == wanted.Name);
        if (table is null) return [new RowDifference(wanted.Name, RowChange.Missing, "(the whole table)", [])];
        var found = new List<RowDifference>();
        found.AddRange(OnlyIn(connection, table, Archived, "main", RowChange.Missing, limit));
        found.AddRange(OnlyIn(connection, table, "main", Archived, RowChange.Extra, limit - found.Count));
        found.AddRange(Changed(connection, table, wanted, limit - found.Count));
        return found;
    }

    private static List<RowDifference> OnlyIn(SqliteConnection connection, SqliteTable table, string here, string there, RowChange change, int limit) => connection.Query(
        $"SELECT {Key(table, "h")} FROM {here}.{SqliteNames.Quote(table.Name)} h WHERE NOT EXISTS (SELECT 1 FROM {there}.{SqliteNames.Quote(table.Name)} t WHERE {Same(table)}) LIMIT {Count(limit)}",
        row => new RowDifference(table.Identity, change, row.GetString(0), []));

    private static List<RowDifference> Changed(SqliteConnection connection, SqliteTable table, ManifestTable wanted, int limit)
    {
        List<string> columns = [.. wanted.Columns.Where(column => table.Columns.Contains(column, StringComparer.Ordinal))];
        if (columns.Count == 0) return [];
        List<string> differs = [.. columns.Select(SqliteNames.Quote).Select(name => $"(typeof(h.{name}) <> typeof(t.{name}) OR h.{name} COLLATE BINARY IS NOT t.{name})")];
        return connection.Query(
            $"SELECT {Key(table, "h")}, {string.Join(", ", differs)} FROM {Archived}.{SqliteNames.Quote(table.Name)} h JOIN main.{SqliteNames.Quote(table.Name)} t ON {Same(table)} "
            + $"WHERE {string.Join(" OR ", differs)} LIMIT {Count(limit)}",
            row => new RowDifference(table.Identity, RowChange.Changed, row.GetString(0), [.. columns.Where((_, i) => row.GetInt64(i + 1) != 0)]));
    }

    private static string Same(SqliteTable table) => string.Join(" AND ", table.MatchColumns.Select(SqliteNames.Quote).Select(name => $"t.{name} IS h.{name}"));

    private static string Key(SqliteTable table, string alias)
    {
        IReadOnlyList<string> shown = table.PrimaryKey.Count > 0 ? table.PrimaryKey : table.MatchColumns;
        return string.Join(" || ', ' || ", shown.Select(name => $"'{name.Replace("'", "''", StringComparison.Ordinal)}=' || quote({alias}.{SqliteNames.Quote(name)})"));
    }

    private static string Count(int limit) => Math.Max(0, limit).ToString(CultureInfo.InvariantCulture);
}
