using SafeDb.PostgreSql.Schema.Kinds;

namespace SafeDb.PostgreSql.Schema.Facts;

/// <summary>Tables as the data part needs them: every table of the users, and the configuration tables of extensions.</summary>
internal static class TableFacts
{
    /// <summary>Reads them, ordered by name.</summary>
    public static async Task<List<TableInfo>> ReadAsync(CatalogReader reader, SchemaReadOptions options, ILookup<uint, CatalogColumn> columns, CancellationToken cancellationToken)
    {
        List<TableInfo> tables = await reader.QueryAsync(Sql(options.IncludeSizes), row => Map(row, columns), cancellationToken).ConfigureAwait(false);
        return [.. tables.OrderBy(table => table.Name, StringComparer.Ordinal)];
    }

    // A key that finds rows: the primary key, else the smallest unique index over columns that refuse NULL.
    private static string Sql(bool sizes) => $"""
        SELECT c.oid, c.oid::regclass::text, n.nspname::text, c.relname::text, c.relkind::text, c.relpersistence::text, COALESCE(am.amname, '')::text, c.relrowsecurity,
               {(sizes ? "CASE WHEN c.relkind = 'r' THEN COALESCE(pg_relation_size(c.oid), 0) ELSE 0 END" : "0::bigint")},
               {(sizes ? "CASE WHEN c.relkind = 'r' THEN COALESCE(pg_table_size(c.oid), 0) ELSE 0 END" : "0::bigint")},
               ARRAY(SELECT a.attname::text FROM pg_attribute a JOIN unnest(k.indkey::int2[]) WITH ORDINALITY x(attnum, place) ON x.attnum = a.attnum
                     WHERE a.attrelid = c.oid AND x.place <= k.indnkeyatts ORDER BY x.place),
               e.extname::text, e.extcondition[array_position(e.extconfig, c.oid)], c.relpersistence = 'u' AND pg_is_in_recovery()
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam
        LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
        LEFT JOIN pg_extension e ON e.oid = d.refobjid
        LEFT JOIN LATERAL (SELECT i.indkey, i.indnkeyatts FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
             AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey) AND NOT a.attnotnull)
             ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1) k ON true
        WHERE c.relkind IN ('r', 'p', 'f') AND c.oid >= 16384 AND c.relpersistence <> 't' AND (d.objid IS NULL OR c.oid = ANY (e.extconfig))
        """;

    private static TableInfo Map(Npgsql.NpgsqlDataReader row, ILookup<uint, CatalogColumn> columns)
    {
        uint oid = row.GetFieldValue<uint>(0);
        char kind = row.GetString(4)[0];
        return new TableInfo(oid, row.GetString(1), kind, row.GetString(5)[0], [.. columns[oid].Where(column => !column.Generated).Select(column => column.Name)])
        {
            SchemaName = row.GetString(2),
            TableName = row.GetString(3),
            AccessMethod = row.GetString(6),
            RowSecurity = row.GetBoolean(7),
            MainBytes = row.GetInt64(8),
            TotalBytes = row.GetInt64(9),
            KeyColumns = row.GetFieldValue<string[]>(10),
            Extension = row.IsDBNull(11) ? null : row.GetString(11),
            ConfigurationCondition = row.IsDBNull(12) ? null : row.GetString(12),
            RowsOmitted = kind switch
            {
                'p' => "partitioned table",
                'f' => "foreign table",
                _ => row.GetBoolean(13) ? "unlogged table on a standby" : null,
            },
        };
    }
}
