namespace SafeDb.PostgreSql.Risk;

/// <summary>The queries, for PostgreSQL 12 to 18. Sizes come from pg_class and the files, never from counting.</summary>
internal static class CatalogueQueries
{
    private const string UserSchemas = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'";

    // The statistics count writes since their reset, or since the server started; before that there is no rate.
    public const string Relations = $"""
        SELECT c.oid::bigint, n.nspname::text, c.relname::text,
          CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'sequence' END,
          CASE WHEN c.relkind IN ('r', 'm') AND c.reltuples >= 0 AND (c.relpages > 0 OR pg_catalog.pg_relation_size(c.oid) = 0) THEN c.reltuples::bigint ELSE -1 END,
          CASE WHEN c.relkind IN ('r', 'm') THEN coalesce(pg_catalog.pg_total_relation_size(c.oid), -1) ELSE -1 END,
          CASE WHEN s.relid IS NULL THEN -1 ELSE (s.n_tup_ins + s.n_tup_upd + s.n_tup_del)::float8
            / greatest(1, extract(epoch FROM pg_catalog.now() - coalesce(d.stats_reset, pg_catalog.pg_postmaster_start_time()))::float8) END
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_stat_all_tables s ON s.relid = c.oid
          LEFT JOIN pg_catalog.pg_stat_database d ON d.datname = pg_catalog.current_database()
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND {UserSchemas}
        """;

    public const string Columns = $"""
        SELECT a.attrelid::bigint, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> ''
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {UserSchemas} ORDER BY a.attrelid, a.attnum
        """;

    public const string Indexes = $"""
        SELECT i.indrelid::bigint, n.nspname::text, c.relname::text, pg_catalog.pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {UserSchemas}
        """;

    // Names in definitions are to be qualified: the search path is emptied for the transaction before.
    public const string Constraints = """
        SELECT c.conrelid::bigint, c.conname::text, pg_catalog.pg_get_constraintdef(c.oid), c.confrelid::bigint
        FROM pg_catalog.pg_constraint c WHERE c.conrelid <> 0 AND c.contype IN ('c', 'f', 'p', 'u', 'x', 'n')
        """;

    public const string Children = "SELECT i.inhparent::bigint, i.inhrelid::bigint FROM pg_catalog.pg_inherits i ORDER BY 1, 2";

    // Views through their rules, and routines that were written with parsed bodies.
    public const string Dependents = """
        SELECT DISTINCT d.refobjid::bigint, CASE WHEN v.oid IS NOT NULL THEN pg_catalog.format('%I.%I', vn.nspname, v.relname) ELSE d.objid::regprocedure::text END, a.attname::text
        FROM pg_catalog.pg_depend d
          LEFT JOIN pg_catalog.pg_attribute a ON d.refobjsubid > 0 AND a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
          LEFT JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid
          LEFT JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.oid <> d.refobjid
          LEFT JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
        WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid >= 16384 AND (v.oid IS NOT NULL OR d.classid = 'pg_catalog.pg_proc'::regclass)
        """;

    public const string Partitioning = """
        SELECT p.partrelid::bigint, CASE p.partstrat WHEN 'r' THEN 'RANGE' WHEN 'l' THEN 'LIST' ELSE 'HASH' END, p.partdefid::bigint,
          ARRAY(SELECT a.attname::text FROM pg_catalog.unnest(p.partattrs::smallint[]) WITH ORDINALITY k(attnum, place) JOIN pg_catalog.pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.attnum ORDER BY k.place)
        FROM pg_catalog.pg_partitioned_table p
        """;

    public const string TypeUsers = """
        SELECT DISTINCT n.nspname::text, t.typname::text, a.attrelid::bigint
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
        WHERE t.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
        """;

    public const string Server = """
        SELECT pg_catalog.current_setting('server_version_num')::int, pg_catalog.current_setting('TimeZone'),
          (SELECT count(*) FROM pg_catalog.pg_stat_replication WHERE state = 'streaming'),
          coalesce((SELECT extract(epoch FROM max(pg_catalog.clock_timestamp() - xact_start))::float8 FROM pg_catalog.pg_stat_activity
            WHERE pid <> pg_catalog.pg_backend_pid() AND datname = pg_catalog.current_database() AND backend_type = 'client backend'), 0),
          (SELECT reset_val::bigint FROM pg_catalog.pg_settings WHERE name = 'lock_timeout')
        """;
}
