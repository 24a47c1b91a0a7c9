namespace SafeDb.PostgreSql.Integrity;

/// <summary>What the catalogue is asked.</summary>
internal static class IntegrityQueries
{
    private const string UserTables = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' AND c.relpersistence <> 't'";

    /// <summary>Indexes that do not serve: index, table. One that is being built now is no finding.</summary>
    public const string InvalidIndexes = $"""
        SELECT i.indexrelid::pg_catalog.regclass::text, c.oid::pg_catalog.regclass::text
        FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT i.indisvalid AND {UserTables}
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
        ORDER BY 1
        """;

    /// <summary>Constraints that hold for new rows only: constraint, table.</summary>
    public const string UnvalidatedConstraints = $"""
        SELECT pg_catalog.quote_ident(k.conname), c.oid::pg_catalog.regclass::text
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT k.convalidated AND k.contype IN ('c', 'f') AND {UserTables}
        ORDER BY 2, 1
        """;

    /// <summary>
    /// Foreign keys with the query that counts their orphans: constraint, table, parent, query. Partitions inherit theirs. A key of which a part is NULL refers to nothing, unless it is
    /// MATCH FULL: then it breaks the rule.
    /// </summary>
    public const string ForeignKeys = $"""
        SELECT pg_catalog.quote_ident(k.conname), c.oid::pg_catalog.regclass::text, k.confrelid::pg_catalog.regclass::text,
               pg_catalog.format('SELECT pg_catalog.count(*) FROM %s AS child WHERE %s AND NOT EXISTS (SELECT FROM %s AS parent WHERE %s)',
                 c.oid::pg_catalog.regclass,
                 CASE k.confmatchtype WHEN 'f' THEN 'pg_catalog.num_nonnulls(' || p.columns || ') > 0' ELSE 'pg_catalog.num_nulls(' || p.columns || ') = 0' END,
                 k.confrelid::pg_catalog.regclass, p.matches)
        FROM pg_catalog.pg_constraint k
        JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL (
          SELECT pg_catalog.string_agg(pg_catalog.format('child.%I', f.attname), ', ' ORDER BY x.place) AS columns,
                 pg_catalog.string_agg(pg_catalog.format('parent.%I OPERATOR(%I.%s) child.%I', t.attname, s.nspname, o.oprname, f.attname), ' AND ' ORDER BY x.place) AS matches
          FROM ROWS FROM (pg_catalog.unnest(k.conkey), pg_catalog.unnest(k.confkey), pg_catalog.unnest(k.conpfeqop)) WITH ORDINALITY AS x(child, parent, operator, place)
          JOIN pg_catalog.pg_attribute f ON f.attrelid = k.conrelid AND f.attnum = x.child
          JOIN pg_catalog.pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = x.parent
          JOIN pg_catalog.pg_operator o ON o.oid = x.operator
          JOIN pg_catalog.pg_namespace s ON s.oid = o.oprnamespace) AS p
        WHERE k.contype = 'f' AND k.conparentid = 0 AND {UserTables}
        ORDER BY 2, 1
        """;

    /// <summary>Schema of the extension amcheck; no row when it is not installed.</summary>
    public const string AmcheckSchema = "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'";

    /// <summary>Value and damage of the last <see cref="Guarded"/>.</summary>
    public const string GuardedAnswer = "SELECT pg_catalog.current_setting('safedb.answer'), pg_catalog.current_setting('safedb.damage')";

    /// <summary>A block that runs a query of one value and keeps it, or the damage that it met, in settings of this transaction.</summary>
    public static string Guarded(string query)
    {
        string tag = $"$safedb_{Guid.NewGuid():N}$";
        return $"""
            DO {tag}
            DECLARE answer text;
            BEGIN
              EXECUTE '{query.Replace("'", "''", StringComparison.Ordinal)}' INTO answer;
              PERFORM pg_catalog.set_config('safedb.answer', pg_catalog.concat(answer), true), pg_catalog.set_config('safedb.damage', '', true);
            EXCEPTION WHEN data_corrupted OR index_corrupted OR internal_error THEN
              PERFORM pg_catalog.set_config('safedb.answer', '', true), pg_catalog.set_config('safedb.damage', SQLERRM, true);
            END {tag}
            """;
    }

    /// <summary>What amcheck can look at: object, statement. B-trees with every row looked up in them, and, from version 14 on, the tables themselves.</summary>
    public static string AmcheckObjects(string schema, int serverVersion)
    {
        string indexes = $"""
            SELECT i.indexrelid::pg_catalog.regclass::text AS name,
                   pg_catalog.format('SELECT {schema}.bt_index_check(%s::pg_catalog.oid::pg_catalog.regclass, true)', i.indexrelid::pg_catalog.oid)
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_am a ON a.oid = x.relam AND a.amname = 'btree'
            JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE i.indisvalid AND x.relkind = 'i' AND {UserTables}
            """;
        string tables = $"""
            SELECT c.oid::pg_catalog.regclass::text,
                   pg_catalog.format('SELECT pg_catalog.string_agg(msg, ''; '') FROM (SELECT msg FROM {schema}.verify_heapam(%s::pg_catalog.oid::pg_catalog.regclass) LIMIT 5) AS m', c.oid::pg_catalog.oid)
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_am a ON a.oid = c.relam AND a.amname = 'heap'
            WHERE c.relkind IN ('r', 'm') AND {UserTables}
            """;
        return serverVersion >= 140000 ? $"{indexes} UNION ALL {tables} ORDER BY 1" : $"{indexes} ORDER BY 1";
    }
}
