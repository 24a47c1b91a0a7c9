using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Triggers, rules, policies and event triggers, with the state in which they stand.</summary>
internal static class TriggerKinds
{
    public static IEnumerable<KindQuery> All(int version)
    {
        static string State(string column) => $"CASE {column} WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END";
        string foreign = "CASE WHEN c.relkind = 'f' THEN 'FOREIGN ' ELSE '' END";
        string cloned = version >= 130000 ? "t.tgparentid <> 0" : "false";
        string parent = "1259::oid AS parent_class, c.oid AS parent_id";
        yield return new("trigger", CatalogClass.Trigger, SchemaSection.PostData, $"""
            SELECT t.oid AS objid, format('%s.%I', c.oid::regclass, t.tgname) AS identity,
                   pg_get_triggerdef(t.oid) || ';' || CASE WHEN t.tgenabled <> 'O' THEN format(E'\nALTER %sTABLE %s %s TRIGGER %I;', {foreign}, c.oid::regclass, {State("t.tgenabled")}, t.tgname) ELSE '' END AS definition,
                   format('TRIGGER %I ON %s', t.tgname, c.oid::regclass) AS spec, {parent}
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.oid >= {UserOids} AND NOT t.tgisinternal AND NOT {cloned} AND c.relpersistence <> 't'
            """);
        if (version >= 130000)
        {
            yield return new("trigger state", CatalogClass.InheritedTriggerState, SchemaSection.PostData, $"""
                SELECT t.oid AS objid, format('%s.%I', c.oid::regclass, t.tgname) AS identity,
                       format('ALTER %sTABLE %s %s TRIGGER %I;', {foreign}, c.oid::regclass, {State("t.tgenabled")}, t.tgname) AS definition, '' AS spec, {parent}, ARRAY['2620:' || p.oid] AS after
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_trigger p ON p.oid = t.tgparentid
                WHERE t.oid >= {UserOids} AND NOT t.tgisinternal AND t.tgenabled <> p.tgenabled
                """);
        }

        yield return new("rule", CatalogClass.Rewrite, SchemaSection.PostData, $"""
            SELECT r.oid AS objid, format('%s.%I', c.oid::regclass, r.rulename) AS identity,
                   pg_get_ruledef(r.oid) || CASE WHEN r.ev_enabled <> 'O' THEN format(E'\nALTER TABLE %s %s RULE %I;', c.oid::regclass, {State("r.ev_enabled")}, r.rulename) ELSE '' END AS definition,
                   format('RULE %I ON %s', r.rulename, c.oid::regclass) AS spec, {parent}
            FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE r.oid >= {UserOids} AND NOT (r.ev_type = '1' AND r.is_instead AND r.rulename = '_RETURN') AND c.relpersistence <> 't'
            """);
        yield return new("policy", CatalogClass.Policy, SchemaSection.PostData, $"""
            SELECT p.oid AS objid, format('%s.%I', c.oid::regclass, p.polname) AS identity,
                   format('CREATE POLICY %I ON %s%s%s%s%s%s;', p.polname, c.oid::regclass, CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END,
                     CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END,
                     CASE WHEN p.polroles = ARRAY[0]::oid[] THEN '' ELSE ' TO ' || (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ' ORDER BY pg_get_userbyid(r) COLLATE "C") FROM unnest(p.polroles) r) END,
                     ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')') AS definition,
                   format('POLICY %I ON %s', p.polname, c.oid::regclass) AS spec, {parent}
            FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE p.oid >= {UserOids}
            """);
        yield return new("event trigger", CatalogClass.EventTrigger, SchemaSection.Final, $"""
            SELECT e.oid AS objid, quote_ident(e.evtname) AS identity,
                   format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s();', e.evtname, quote_ident(e.evtevent),
                     CASE WHEN e.evttags IS NOT NULL THEN (SELECT format(E' WHEN TAG IN (%s)', string_agg(quote_literal(u.x), ', ' ORDER BY u.place)) FROM unnest(e.evttags) WITH ORDINALITY u(x, place)) ELSE '' END, e.evtfoid::regproc)
                   || CASE WHEN e.evtenabled <> 'O' THEN format(E'\nALTER EVENT TRIGGER %I %s;', e.evtname, {State("e.evtenabled")}) ELSE '' END AS definition, {Owner("e.evtowner")}
            FROM pg_event_trigger e WHERE e.oid >= {UserOids}
            """);
    }
}
