using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Sequences, which column owns them, and the sequences of identity columns.</summary>
internal static class SequenceKinds
{
    private const string Options = """
        format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE ' NO CYCLE' END)
        """;

    // The column that a sequence belongs to: 'a' for serial columns, 'i' for identity columns.
    private const string OwningColumn = """
        JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid JOIN pg_class t ON t.oid = d.refobjid
        """;

    public static IEnumerable<KindQuery> All(int version)
    {
        yield return new("sequence", CatalogClass.Relation, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity,
                   format('CREATE %sSEQUENCE %s AS %s %s;', CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED ' ELSE '' END, c.oid::regclass, format_type(s.seqtypid, NULL), {Options}) AS definition,
                   {Owner("c.relowner")}
            FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid
            WHERE c.oid >= {UserOids} AND c.relpersistence <> 't' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
            """);
        // A sequence that a column owns must have the column's owner: both owners are set before.
        yield return new("sequence ownership", CatalogClass.SequenceOwnership, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity, format('ALTER SEQUENCE %s OWNED BY %s.%I;', c.oid::regclass, t.oid::regclass, a.attname) AS definition,
                   '' AS spec, 1259::oid AS parent_class, c.oid AS parent_id, ARRAY['1259:' || t.oid] AS after
            FROM pg_class c {OwningColumn} WHERE c.oid >= {UserOids} AND c.relkind = 'S' AND c.relpersistence <> 't' AND d.deptype = 'a'
            """);
        // From 17 on partitions share the identity of the partitioned table.
        string ofPartition = version >= 170000 ? " AND NOT t.relispartition" : "";
        string logged = version >= 150000 ? "CASE WHEN c.relpersistence <> t.relpersistence THEN CASE c.relpersistence WHEN 'u' THEN E'\\nALTER SEQUENCE ' || c.oid::regclass || ' SET UNLOGGED;' ELSE E'\\nALTER SEQUENCE ' || c.oid::regclass || ' SET LOGGED;' END ELSE '' END" : "''";
        yield return new("identity", CatalogClass.Relation, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, format('%s.%I', t.oid::regclass, a.attname) AS identity,
                   format('ALTER %sTABLE %s ALTER COLUMN %I ADD GENERATED %s AS IDENTITY (SEQUENCE NAME %s %s);', CASE WHEN t.relkind = 'f' THEN 'FOREIGN ' ELSE '' END, t.oid::regclass, a.attname,
                     CASE a.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END, c.oid::regclass, {Options}) || {logged} AS definition,
                   format('SEQUENCE %s', c.oid::regclass) AS spec, 1259::oid AS parent_class, t.oid AS parent_id
            FROM pg_class c JOIN pg_sequence s ON s.seqrelid = c.oid {OwningColumn} WHERE c.oid >= {UserOids} AND c.relpersistence <> 't' AND d.deptype = 'i'{ofPartition}
            """);
    }
}
