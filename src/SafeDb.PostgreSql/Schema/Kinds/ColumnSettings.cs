namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Storage, compression, statistics targets, attribute and foreign options of columns, each as an ALTER of its own.</summary>
internal static class ColumnSettings
{
    /// <summary>An expression over <c>pg_class c</c> that gives the statements, each on a line of its own, or the empty text.</summary>
    public static string Sql(string relation, bool compression = false)
    {
        string item = $$"""
            CASE WHEN t.typstorage <> a.attstorage AND c.relkind <> 'f' THEN format(E'\nALTER {{relation}} %s ALTER COLUMN %I SET STORAGE %s;', c.oid::regclass, a.attname,
                CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED' ELSE 'MAIN' END) ELSE '' END
            || CASE WHEN COALESCE(a.attstattarget, -1) >= 0 THEN format(E'\nALTER {{relation}} %s ALTER COLUMN %I SET STATISTICS %s;', c.oid::regclass, a.attname, a.attstattarget) ELSE '' END
            || CASE WHEN a.attoptions IS NOT NULL THEN format(E'\nALTER {{relation}} %s ALTER COLUMN %I SET (%s);', c.oid::regclass, a.attname,
                (SELECT string_agg(format('%s=%L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ' ORDER BY u.place) FROM unnest(a.attoptions) WITH ORDINALITY u(o, place))) ELSE '' END
            """;
        if (compression)
        {
            item += $$"""

                || CASE WHEN a.attcompression IN ('p', 'l') THEN format(E'\nALTER {{relation}} %s ALTER COLUMN %I SET COMPRESSION %s;', c.oid::regclass, a.attname, CASE a.attcompression WHEN 'l' THEN 'lz4' ELSE 'pglz' END) ELSE '' END
                """;
        }

        return $"COALESCE((SELECT string_agg({item}, '' ORDER BY a.attnum) FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '')";
    }
}
