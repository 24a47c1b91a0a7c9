using SafeDb.Schema;

using SafeDb.PostgreSql.Schema.Ordering;

namespace SafeDb.PostgreSql.Schema.Parts;

/// <summary>Privileges, as the difference from what a new object has: of user objects, of extension members and system objects that were changed since they were made.</summary>
internal static class PrivilegeParts
{
    private const string InitialPrivileges = "(SELECT p.initprivs FROM pg_init_privs p WHERE p.classoid = q.class AND p.objoid = q.id AND p.objsubid = q.sub)";

    // The schema public does not start with what acldefault says. Its privileges belong to whoever owns it.
    internal static string Sql(int version) => $$"""
        WITH q(class, id, sub, target, owner, kind, acl, col) AS (
            SELECT 1259::oid, oid, 0, CASE WHEN relkind = 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || oid::regclass::text, relowner, CASE WHEN relkind = 'S' THEN 's' ELSE 'r' END, relacl, NULL::text FROM pg_class WHERE relacl IS NOT NULL
            UNION ALL SELECT 1259, a.attrelid, a.attnum, 'TABLE ' || a.attrelid::regclass::text, c.relowner, 'c', a.attacl, quote_ident(a.attname) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
            UNION ALL SELECT 1255, oid, 0, CASE WHEN prokind = 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || oid::regprocedure::text, proowner, 'f', proacl, NULL FROM pg_proc WHERE proacl IS NOT NULL
            UNION ALL SELECT 1247, oid, 0, 'TYPE ' || format_type(oid, NULL), typowner, 'T', typacl, NULL FROM pg_type WHERE typacl IS NOT NULL
            UNION ALL SELECT 2615, oid, 0, 'SCHEMA ' || quote_ident(nspname), nspowner, 'n', nspacl, NULL FROM pg_namespace WHERE nspacl IS NOT NULL AND nspname !~ '^pg_(toast_)?temp_'
            UNION ALL SELECT 2612, oid, 0, 'LANGUAGE ' || quote_ident(lanname), lanowner, 'l', lanacl, NULL FROM pg_language WHERE lanacl IS NOT NULL
            UNION ALL SELECT 2328, oid, 0, 'FOREIGN DATA WRAPPER ' || quote_ident(fdwname), fdwowner, 'F', fdwacl, NULL FROM pg_foreign_data_wrapper WHERE fdwacl IS NOT NULL
            UNION ALL SELECT 1417, oid, 0, 'FOREIGN SERVER ' || quote_ident(srvname), srvowner, 'S', srvacl, NULL FROM pg_foreign_server WHERE srvacl IS NOT NULL
            UNION ALL SELECT 2613, oid, 0, 'LARGE OBJECT ' || oid, lomowner, 'L', lomacl, NULL FROM pg_largeobject_metadata WHERE lomacl IS NOT NULL),
        r AS (SELECT q.*, CASE WHEN q.class = 2615 AND q.target = 'SCHEMA public' THEN
                 format('{%s=UC/%s,={{(version >= 150000 ? "U" : "UC")}}/%s}', quote_ident(pg_get_userbyid(q.owner)), quote_ident(pg_get_userbyid(q.owner)), quote_ident(pg_get_userbyid(q.owner)))::aclitem[]
                 ELSE COALESCE({{InitialPrivileges}}, acldefault(q.kind::"char", q.owner)) END AS base FROM q)
        SELECT r.class, r.id, r.sub, r.target, pg_get_userbyid(r.owner), x.side, pg_get_userbyid(x.grantor), CASE WHEN x.grantee = 0 THEN NULL ELSE pg_get_userbyid(x.grantee) END, x.privilege_type, x.is_grantable, r.col
        FROM r CROSS JOIN LATERAL (SELECT 'now' AS side, * FROM aclexplode(r.acl) UNION ALL SELECT 'base', * FROM aclexplode(r.base)) x
        WHERE r.acl IS DISTINCT FROM r.base
        ORDER BY r.class, r.id, r.sub
        """;

    /// <summary>Reads every object whose privileges are not those it was made with. Large objects' come apart, by oid.</summary>
    public static async Task<(List<CatalogObject> Parts, ILookup<uint, string> LargeObjects)> ReadAsync(
        CatalogReader reader, CatalogDependencies dependencies, IReadOnlyDictionary<ObjectAddress, CatalogObject> objects, CancellationToken cancellationToken)
    {
        List<Row> rows = await reader.QueryAsync(Sql(reader.Version), Map, cancellationToken).ConfigureAwait(false);
        var parts = new List<CatalogObject>();
        var largeObjects = new List<(uint Id, string Statement)>();
        foreach (IGrouping<(ObjectAddress Address, PrivilegeTarget Target), Row> group in rows.GroupBy(row => (row.Address, row.Target)))
        {
            List<string> statements = PrivilegeDifference.Statements(
                group.Key.Target, [.. group.Where(row => !row.Base).Select(row => row.Entry)], [.. group.Where(row => row.Base).Select(row => row.Entry)]);
            if (statements.Count == 0 || dependencies.IsIgnored(group.Key.Address))
                continue;
            if (group.Key.Address.Class == CatalogClass.LargeObject)
                largeObjects.AddRange(statements.Select(statement => (group.Key.Address.Id, statement)));
            else
                parts.Add(Part(group.Key.Address, group.Key.Target, statements, dependencies.Resolve(group.Key.Address, objects)));
        }

        return (parts, largeObjects.ToLookup(pair => pair.Id, pair => pair.Statement));
    }

    private static CatalogObject Part(ObjectAddress address, PrivilegeTarget target, List<string> statements, CatalogObject? item) =>
        new(new ObjectAddress(0, address.Id, address.SubId), "acl", target.Column is null ? target.Name : $"{target.Name} ({target.Column})", string.Join('\n', statements)) { Section = SchemaSection.Final, Parent = item?.Address };

    private static Row Map(Npgsql.NpgsqlDataReader row) => new(
        new ObjectAddress(row.GetFieldValue<uint>(0), row.GetFieldValue<uint>(1), row.GetInt32(2)), new PrivilegeTarget(row.GetString(3), row.IsDBNull(10) ? null : row.GetString(10), row.GetString(4)), string.Equals(row.GetString(5), "base", StringComparison.Ordinal),
        new PrivilegeEntry(row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7), row.GetString(8), row.GetBoolean(9)));

    private sealed record Row(ObjectAddress Address, PrivilegeTarget Target, bool Base, PrivilegeEntry Entry);
}
