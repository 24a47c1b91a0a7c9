using Npgsql;

using SafeDb.Errors;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Backup;

/// <summary>Names the row that is too large for the server's text output (1 GB), after a COPY failed for that reason.</summary>
internal static class OversizedRow
{
    /// <summary>Whether a failure of COPY says that a row was too large.</summary>
    public static bool IsCause(Exception exception) =>
        exception is PostgresException { SqlState: "54000" or "XX000" } server
        && (server.MessageText.Contains("string buffer", StringComparison.Ordinal)
            || server.MessageText.Contains("invalid memory alloc request size", StringComparison.Ordinal)
            || server.MessageText.Contains("out of memory", StringComparison.Ordinal));

    /// <summary>The error for it.</summary>
    public static async Task<SafeDbException> ExplainAsync(ServerConnections connections, SourceTable table, Exception cause, CancellationToken cancellationToken)
    {
        string where = "its largest row could not be found";
        try
        {
            NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
            await using var connectionScope = connection.ConfigureAwait(false);
            string row = (await connection.ScalarAsync(LargestRow(table), cancellationToken).ConfigureAwait(false))!;
            where = "the row with " + row;
        }
        catch (SafeDbException)
        {
            // The table and the reason are known; the row is only a convenience.
        }

        return PostgreSqlBackupErrors.RowTooLarge.Caused(cause, table.Name, where);
    }

    // pg_column_size reads no TOAST data, so this costs one scan of the main table.
    private static string LargestRow(SourceTable table)
    {
        IEnumerable<string> keys = table.KeyColumns.Count > 0
            ? table.KeyColumns.Select(column => $"{Identifiers.Literal(column + "=")} || {Identifiers.Quote(column)}::text")
            : ["'ctid=' || ctid::text"];
        string size = string.Join(" + ", table.Columns.Select(column => $"COALESCE(pg_catalog.pg_column_size({Identifiers.Quote(column)}), 0)::pg_catalog.int8"));
        return $"SELECT pg_catalog.concat_ws(', ', {string.Join(", ", keys)}) FROM ONLY {table.Name} ORDER BY {size} DESC LIMIT 1";
    }
}
