using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Indexes, constraints and extended statistics.</summary>
internal static class ConstraintKinds
{
    public static IEnumerable<KindQuery> All(int version)
    {
        // A primary key or unique constraint is put on an index that was built before it: so several indexes of one table can be built at the same time.
        // Not possible for partitioned tables, exclusion and (from 18) WITHOUT OVERLAPS: those build their index themselves.
        string temporal = version >= 180000 ? " OR k.conperiod" : "";
        string ownIndex = $"(k.contype = 'x' OR t.relkind = 'p'{temporal})";
        string target = version >= 170000 ? "a.attstattarget IS NOT NULL" : "a.attstattarget >= 0";
        yield return new("index", CatalogClass.Relation, SchemaSection.PostData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity,
                   pg_get_indexdef(c.oid) || ';' || COALESCE((SELECT string_agg(format(E'\nALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s;', c.oid::regclass, a.attnum, a.attstattarget), '' ORDER BY a.attnum)
                     FROM pg_attribute a WHERE a.attrelid = c.oid AND {target}), '') AS definition, 1259::oid AS parent_class, i.indrelid AS parent_id
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
            WHERE c.oid >= {UserOids} AND (i.indisvalid OR t.relkind = 'p') AND i.indisready AND t.relkind IN ('r', 'p', 'm') AND t.relpersistence <> 't'
              AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x') AND {ownIndex})
            """);
        yield return new("index partition", CatalogClass.Inherits, SchemaSection.PostData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity, format('ALTER INDEX %s ATTACH PARTITION %s;', i.inhparent::regclass, c.oid::regclass) AS definition, '' AS spec,
                   1259::oid AS parent_class, c.oid AS parent_id, ARRAY['1259:' || c.oid, '1259:' || i.inhparent] || ARRAY(SELECT '2606:' || k.oid FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')) AS after
            FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE c.oid >= {UserOids} AND c.relkind IN ('i', 'I')
            """);
        yield return new("constraint", CatalogClass.Constraint, SchemaSection.PostData, KeySql(ownIndex));
        string onTable = "format('%s.%I', k.conrelid::regclass, k.conname) AS identity";
        string spec = "format('CONSTRAINT %I ON %s', k.conname, k.conrelid::regclass) AS spec, 1259::oid AS parent_class, k.conrelid AS parent_id";
        // A partition must have its parent's checks before it is attached, and cannot be given them afterwards: one that comes after the rows reaches it from the parent.
        // A check that was never validated may not hold for the rows there are: it comes after them.
        yield return new("check", CatalogClass.Constraint, SchemaSection.PreData, $"""
            SELECT k.oid AS objid, {onTable}, format('ALTER TABLE %s ADD CONSTRAINT %I %s;', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS definition,
                   CASE WHEN k.convalidated THEN 'pre' ELSE 'post' END AS section, {spec}
            FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
            WHERE k.oid >= {UserOids} AND k.contype = 'c' AND CASE WHEN t.relispartition THEN k.convalidated OR k.coninhcount = 0 ELSE k.conislocal END AND t.relpersistence <> 't'
            """);
        yield return new("foreign key", CatalogClass.Constraint, SchemaSection.PostData, $"""
            SELECT k.oid AS objid, {onTable}, format('ALTER TABLE %s%s ADD CONSTRAINT %I %s;', CASE WHEN t.relkind = 'p' THEN '' ELSE 'ONLY ' END, k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS definition,
                   {spec}
            FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid WHERE k.oid >= {UserOids} AND k.contype = 'f' AND k.conparentid = 0 AND t.relpersistence <> 't'
            """);
        if (version >= 180000)
        {
            yield return new("not null", CatalogClass.Constraint, SchemaSection.PostData, $"""
                SELECT k.oid AS objid, {onTable}, format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s;', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) AS definition, {spec}
                FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid
                WHERE k.oid >= {UserOids} AND k.contype = 'n' AND NOT k.convalidated AND (k.conislocal OR t.relispartition) AND t.relpersistence <> 't'
                """);
        }

        string statisticsTarget = version >= 130000
            ? "CASE WHEN COALESCE(s.stxstattarget, -1) >= 0 THEN format(E'\\nALTER STATISTICS %I.%I SET STATISTICS %s;', n.nspname, s.stxname, s.stxstattarget) ELSE '' END" : "''";
        yield return new("statistics", CatalogClass.ExtendedStatistics, SchemaSection.PostData, $"""
            SELECT s.oid AS objid, {Name("s", "stxname")} AS identity, pg_get_statisticsobjdef(s.oid) || ';' || {statisticsTarget} AS definition, {Owner("s.stxowner")},
                   1259::oid AS parent_class, s.stxrelid AS parent_id
            FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE s.oid >= {UserOids}
            """);
    }

    private static string KeySql(string ownIndex) => $"""
        SELECT k.oid AS objid, format('%s.%I', k.conrelid::regclass, k.conname) AS identity,
               format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s;', k.conrelid::regclass, k.conname,
                 CASE WHEN NOT {ownIndex} THEN format('%s USING INDEX %I%s', CASE k.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, ic.relname,
                        CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END || CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END)
                      WHEN k.contype = 'x' THEN pg_get_constraintdef(k.oid)
                      ELSE regexp_replace(pg_get_constraintdef(k.oid), '( DEFERRABLE)?( INITIALLY DEFERRED)?$', replace({StorageOptions("ic.reloptions")}, '\', '\\') || '\1\2') END) AS definition,
               format('CONSTRAINT %I ON %s', k.conname, k.conrelid::regclass) AS spec, 1259::oid AS parent_class, k.conrelid AS parent_id,
               CASE WHEN NOT {ownIndex} THEN ARRAY['1259:' || ic.oid] END AS after
        FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class ic ON ic.oid = k.conindid
        WHERE k.oid >= {UserOids} AND k.contype IN ('p', 'u', 'x') AND t.relpersistence <> 't'
        """;
}
