using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>What stands beside tables and views as statements of its own: defaults, partitions, row security, replica identity, clustering, tablespaces.</summary>
internal static class RelationKinds
{
    public static IEnumerable<KindQuery> All(int version)
    {
        // Defaults stand apart from their tables, so that a function that takes the table's row can be used in them.
        yield return new("default", CatalogClass.AttributeDefault, SchemaSection.PreData, $"""
            SELECT f.oid AS objid, format('%s.%I', c.oid::regclass, a.attname) AS identity,
                   format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s;', c.oid::regclass, a.attname, pg_get_expr(f.adbin, f.adrelid)) AS definition,
                   '' AS spec, 1259::oid AS parent_class, c.oid AS parent_id
            FROM pg_attrdef f JOIN pg_class c ON c.oid = f.adrelid JOIN pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
            WHERE f.oid >= {UserOids} AND a.attgenerated = '' AND c.relpersistence <> 't'
            """);
        yield return new("partition", CatalogClass.Inherits, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity, format('ALTER TABLE ONLY %s ATTACH PARTITION %s %s;', i.inhparent::regclass, c.oid::regclass, pg_get_expr(c.relpartbound, c.oid)) AS definition,
                   '' AS spec, 1259::oid AS parent_class, c.oid AS parent_id,
                   ARRAY['1259:' || c.oid, '1259:' || i.inhparent]
                     || ARRAY(SELECT '2606:' || k.oid FROM pg_constraint k WHERE k.conrelid IN (c.oid, i.inhparent) AND k.contype = 'c' AND k.convalidated) AS after
            FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.oid >= {UserOids} AND c.relispartition AND c.relkind IN ('r', 'p', 'f')
            """);
        yield return new("row security", CatalogClass.RowSecurity, SchemaSection.PostData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity,
                   concat_ws(E'\n', CASE WHEN c.relrowsecurity THEN format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', c.oid::regclass) END,
                                    CASE WHEN c.relforcerowsecurity THEN format('ALTER TABLE ONLY %s FORCE ROW LEVEL SECURITY;', c.oid::regclass) END) AS definition,
                   '' AS spec, 1259::oid AS parent_class, c.oid AS parent_id
            FROM pg_class c WHERE c.oid >= {UserOids} AND (c.relrowsecurity OR c.relforcerowsecurity) AND c.relpersistence <> 't'
            """);
        yield return new("replica identity", CatalogClass.ReplicaIdentity, SchemaSection.PostData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity,
                   format('ALTER TABLE ONLY %s REPLICA IDENTITY %s;', c.oid::regclass, CASE c.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
                     ELSE (SELECT format('USING INDEX %I', ic.relname) FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident) END) AS definition,
                   '' AS spec, 1259::oid AS parent_class, c.oid AS parent_id, ARRAY(SELECT '1259:' || i.indexrelid FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident)
                     || ARRAY(SELECT '2606:' || k.oid FROM pg_index i JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = c.oid WHERE i.indrelid = c.oid AND i.indisreplident) AS after
            FROM pg_class c WHERE c.oid >= {UserOids} AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
              AND (c.relreplident IN ('f', 'n') OR (c.relreplident = 'i' AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident)))
            """);
        yield return new("cluster mark", CatalogClass.ClusterMark, SchemaSection.PostData, $"""
            SELECT i.indrelid AS objid, i.indrelid::regclass::text AS identity, format('ALTER %s %s CLUSTER ON %I;', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, i.indrelid::regclass, ic.relname) AS definition,
                   '' AS spec, 1259::oid AS parent_class, i.indrelid AS parent_id,
                   ARRAY['1259:' || i.indexrelid] || ARRAY(SELECT '2606:' || k.oid FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid) AS after
            FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid WHERE i.indexrelid >= {UserOids} AND i.indisclustered AND c.relpersistence <> 't'
            """);
        yield return new("tablespace", CatalogClass.Tablespace, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity,
                   format('ALTER %s %s SET TABLESPACE %I;', CASE c.relkind WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' ELSE 'TABLE' END, c.oid::regclass, s.spcname) AS definition,
                   CASE WHEN c.relkind IN ('i', 'I') THEN 'post' ELSE 'pre' END AS section, '' AS spec, 1259::oid AS parent_class, c.oid AS parent_id
            FROM pg_class c JOIN pg_tablespace s ON s.oid = c.reltablespace WHERE c.oid >= {UserOids} AND c.relkind IN ('r', 'p', 'm', 'i', 'I') AND c.relpersistence <> 't'
            """);
        // Of a table that an extension makes, the options are said again: a user may have set them.
        yield return new("options", CatalogClass.MemberOptions, SchemaSection.PostData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity, format('ALTER TABLE %s%s;', c.oid::regclass, overlay({StorageOptions("c.reloptions", "tc.reloptions")} PLACING ' SET (' FROM 1 FOR 7)) AS definition,
                   '' AS spec, 1259::oid AS parent_class, c.oid AS parent_id
            FROM pg_class c LEFT JOIN pg_class tc ON tc.oid = c.reltoastrelid
            WHERE c.oid >= {UserOids} AND c.relkind IN ('r', 'p', 'v', 'm') AND (c.reloptions IS NOT NULL OR tc.reloptions IS NOT NULL)
              AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
            """);
        // A child that lost the default its parent has.
        yield return new("default", CatalogClass.DroppedDefault, SchemaSection.PreData, $"""
            SELECT a.attrelid AS objid, a.attnum::int AS subid, format('%s.%I', a.attrelid::regclass, a.attname) AS identity, format('ALTER TABLE ONLY %s ALTER COLUMN %I DROP DEFAULT;', a.attrelid::regclass, a.attname) AS definition,
                   '' AS spec, 1259::oid AS parent_class, a.attrelid AS parent_id
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.attrelid >= {UserOids} AND a.attinhcount > 0 AND NOT a.attisdropped AND NOT a.atthasdef AND a.attidentity = '' AND c.relkind IN ('r', 'f') AND NOT c.relispartition AND c.relpersistence <> 't'
              AND EXISTS (SELECT FROM pg_inherits i JOIN pg_attribute p ON p.attrelid = i.inhparent AND p.attname = a.attname WHERE i.inhrelid = a.attrelid AND p.atthasdef AND p.attgenerated = '')
            """);
    }
}
