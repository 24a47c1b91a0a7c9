using System.Globalization;

using Npgsql;

using SafeDb.Archive;
using SafeDb.PostgreSql.Connections;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Backup;

/// <summary>
/// Large objects as rows of (loid, page, data). Read through the large-object functions, which every user may call for objects that he may read; the catalogue table itself is
/// for superusers only.
/// </summary>
internal static class LargeObjectRows
{
    /// <summary>Bytes in one row. The same forever: it decides the rows' fingerprint.</summary>
    public const int PageBytes = 256 * 1024;

    private const int ObjectsPerUnit = 1000;

    /// <summary>The table that stands for them, or null when there are none.</summary>
    public static async Task<SourceTable?> DescribeAsync(NpgsqlConnection connection, string? omitted, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> rows = await connection.RowsAsync(
            $"SELECT (SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata), pg_catalog.pg_table_size('{SourceTable.LargeObjects}')", cancellationToken).ConfigureAwait(false);
        return rows[0][0] == "0" ? null : new SourceTable(SourceTable.LargeObjects, ["loid", "page", "data"], ["loid", "page"])
        {
            RowsOmitted = omitted,
            TotalBytes = long.Parse(rows[0][1]!, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Units of about a thousand objects.</summary>
    public static async Task<IReadOnlyList<DataUnit>> UnitsAsync(NpgsqlConnection connection, SourceTable table, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> starts = await connection.RowsAsync(
            $"""
            SELECT pg_catalog.min(oid::pg_catalog.int8)
            FROM (SELECT oid, (pg_catalog.row_number() OVER (ORDER BY oid) - 1) / {ObjectsPerUnit} AS unit FROM pg_catalog.pg_largeobject_metadata) o
            GROUP BY unit ORDER BY 1
            """,
            cancellationToken).ConfigureAwait(false);
        return [.. starts.Select((start, i) => new DataUnit(
            PartKind.Rows,
            table.Name,
            table.TotalBytes / starts.Count,
            new TableSlice(table, Copy(start[0]!, i + 1 < starts.Count ? starts[i + 1][0] : null))))];
    }

    // Each step has its OFFSET 0, so that the planner neither merges the levels nor calls a function twice: one open, one seek and one close per object.
    private static string Copy(string first, string? end) => $"""
        COPY (
          SELECT o.oid, p.page, pg_catalog.lo_get(o.oid, p.page * {PageBytes}, {PageBytes})
          FROM (
            SELECT oid, size + 0 * pg_catalog.lo_close(fd) AS size
            FROM (
              SELECT oid, fd, pg_catalog.lo_lseek64(fd, 0, 2) AS size
              FROM (SELECT oid, pg_catalog.lo_open(oid, 262144) AS fd FROM pg_catalog.pg_largeobject_metadata
                    WHERE oid::pg_catalog.int8 >= {first}{(end is null ? "" : $" AND oid::pg_catalog.int8 < {end}")} OFFSET 0) opened
              OFFSET 0) sized
            OFFSET 0) o
          CROSS JOIN LATERAL pg_catalog.generate_series(0::pg_catalog.int8, GREATEST(o.size - 1, 0) / {PageBytes}) AS p(page)
        ) TO STDOUT
        """;
}
