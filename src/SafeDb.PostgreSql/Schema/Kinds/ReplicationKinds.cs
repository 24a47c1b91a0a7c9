using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Publications, subscriptions and default privileges: what comes after everything else.</summary>
internal static class ReplicationKinds
{
    public static IEnumerable<KindQuery> All(int version, bool secrets, bool subscriptionsReadable)
    {
        yield return Publication(version);
        string columns = version >= 150000 ? "COALESCE((SELECT ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')' FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)), '')" : "''";
        string filter = version >= 150000 ? "COALESCE(' WHERE ' || CASE WHEN left(pg_get_expr(r.prqual, r.prrelid), 1) = '(' THEN pg_get_expr(r.prqual, r.prrelid) ELSE '(' || pg_get_expr(r.prqual, r.prrelid) || ')' END, '')" : "''";
        yield return new("publication table", CatalogClass.PublicationRelation, SchemaSection.Final, $"""
            SELECT r.oid AS objid, format('%I %s', p.pubname, r.prrelid::regclass) AS identity,
                   format('ALTER PUBLICATION %I ADD TABLE ONLY %s%s%s;', p.pubname, r.prrelid::regclass, {columns}, {filter}) AS definition, '' AS spec, 6104::oid AS parent_class, p.oid AS parent_id
            FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
            """);
        if (version >= 150000)
        {
            yield return new("publication schema", CatalogClass.PublicationNamespace, SchemaSection.Final, """
                SELECT r.oid AS objid, format('%I %I', p.pubname, n.nspname) AS identity, format('ALTER PUBLICATION %I ADD TABLES IN SCHEMA %I;', p.pubname, n.nspname) AS definition,
                       '' AS spec, 6104::oid AS parent_class, p.oid AS parent_id
                FROM pg_publication_namespace r JOIN pg_publication p ON p.oid = r.pnpubid JOIN pg_namespace n ON n.oid = r.pnnspid
                """);
        }

        if (subscriptionsReadable)
            yield return Subscription(version, secrets);
        yield return DefaultPrivileges();
    }

    private static KindQuery Publication(int version)
    {
        string viaRoot = version >= 130000 ? "CASE WHEN p.pubviaroot THEN ', publish_via_partition_root = true' ELSE '' END" : "''";
        string generated = version >= 180000 ? "CASE WHEN p.pubgencols = 's' THEN ', publish_generated_columns = stored' ELSE '' END" : "''";
        return new("publication", CatalogClass.Publication, SchemaSection.Final, $"""
            SELECT p.oid AS objid, quote_ident(p.pubname) AS identity,
                   format('CREATE PUBLICATION %I%s WITH (publish = %L%s%s);', p.pubname, CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE '' END,
                     concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
                     {viaRoot}, {generated}) AS definition, {Owner("p.pubowner")}
            FROM pg_publication p WHERE p.oid >= {UserOids}
            """);
    }

    /// <summary>A subscription is restored without a connection and disabled: two databases must not draw on one slot.</summary>
    private static KindQuery Subscription(int version, bool secrets)
    {
        string connection = secrets ? "s.subconninfo" : @"regexp_replace(s.subconninfo, '(password\s*=\s*)(''(?:[^''\\]|\\.)*''|\S+)|(://[^:/@]*:)[^@/]*@', '\1\3********', 'gi')";
        var options = new List<string>();
        if (version >= 140000)
        {
            options.Add("CASE WHEN s.subbinary THEN 'binary = true' END");
            options.Add(version >= 160000
                ? "CASE s.substream WHEN 't' THEN 'streaming = on' WHEN 'p' THEN 'streaming = parallel' ELSE 'streaming = off' END"
                : "CASE WHEN s.substream THEN 'streaming = on' END");
        }

        if (version >= 150000)
        {
            options.Add("CASE WHEN s.subtwophasestate <> 'd' THEN 'two_phase = on' END");
            options.Add("CASE WHEN s.subdisableonerr THEN 'disable_on_error = true' END");
        }

        if (version >= 160000)
        {
            options.Add("CASE WHEN NOT s.subpasswordrequired THEN 'password_required = false' END");
            options.Add("CASE WHEN s.subrunasowner THEN 'run_as_owner = true' END");
            options.Add("CASE WHEN s.suborigin <> 'any' THEN format('origin = %L', s.suborigin) END");
        }

        if (version >= 170000)
            options.Add("CASE WHEN s.subfailover THEN 'failover = true' END");
        options.Add("CASE WHEN s.subsynccommit <> 'off' THEN format('synchronous_commit = %L', s.subsynccommit) END");
        return new("subscription", CatalogClass.Subscription, SchemaSection.Final, $"""
            SELECT s.oid AS objid, quote_ident(s.subname) AS identity,
                   format('CREATE SUBSCRIPTION %I CONNECTION %L PUBLICATION %s WITH (%s);', s.subname, {connection}, (SELECT string_agg(quote_ident(u.x), ', ' ORDER BY u.place) FROM unnest(s.subpublications) WITH ORDINALITY u(x, place)),
                     concat_ws(', ', 'connect = false', format('slot_name = %s', COALESCE(quote_literal(s.subslotname), 'NONE')), {string.Join(", ", options)})) AS definition, {Owner("s.subowner")}
            FROM pg_subscription s WHERE s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            """);
    }

    private static KindQuery DefaultPrivileges()
    {
        const string Words = "CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END";
        const string Head = "format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s ', pg_get_userbyid(d.defaclrole), CASE WHEN d.defaclnamespace <> 0 THEN format(' IN SCHEMA %I', n.nspname) ELSE '' END)";
        const string Grantee = "CASE WHEN x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END";
        // Without a schema the entry replaces what is built in; with one it adds to nothing.
        const string Base = "CASE WHEN d.defaclnamespace = 0 THEN acldefault(CASE WHEN d.defaclobjtype = 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole) ELSE NULL END";
        return new("default privileges", CatalogClass.DefaultAcl, SchemaSection.Final, $$"""
            SELECT d.oid AS objid, format('%s %s%s', quote_ident(pg_get_userbyid(d.defaclrole)), {{Words}}, CASE WHEN d.defaclnamespace <> 0 THEN format(' in %I', n.nspname) ELSE '' END) AS identity, '' AS spec,
                   COALESCE((SELECT string_agg(q.line, E'\n' ORDER BY q.kind, q.line COLLATE "C") FROM (
                     SELECT 1 AS kind, {{Head}} || format('REVOKE %s ON %s FROM %s;', x.privilege_type, {{Words}}, {{Grantee}}) AS line FROM aclexplode({{Base}}) x
                       WHERE NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) y WHERE y.grantee = x.grantee AND y.privilege_type = x.privilege_type)
                     UNION ALL
                     SELECT 2, {{Head}} || format('GRANT %s ON %s TO %s%s;', x.privilege_type, {{Words}}, {{Grantee}}, CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM aclexplode(d.defaclacl) x
                       WHERE NOT EXISTS (SELECT FROM aclexplode({{Base}}) y WHERE y.grantee = x.grantee AND y.privilege_type = x.privilege_type AND y.is_grantable = x.is_grantable)) q), '') AS definition
            FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
            """);
    }
}
