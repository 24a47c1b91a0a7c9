using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Text search parsers, templates, dictionaries and configurations.</summary>
internal static class TextSearchKinds
{
    public static IEnumerable<KindQuery> All()
    {
        yield return new("text search parser", CatalogClass.TextSearchParser, SchemaSection.PreData, $"""
            SELECT p.oid AS objid, {Name("p", "prsname")} AS identity,
                   format('CREATE TEXT SEARCH PARSER %I.%I (START = %s, GETTOKEN = %s, END = %s, %sLEXTYPES = %s);', n.nspname, p.prsname, p.prsstart::regproc, p.prstoken::regproc, p.prsend::regproc,
                     CASE WHEN p.prsheadline <> 0 THEN format('HEADLINE = %s, ', p.prsheadline::regproc) ELSE '' END, p.prslextype::regproc) AS definition
            FROM pg_ts_parser p JOIN pg_namespace n ON n.oid = p.prsnamespace WHERE p.oid >= {UserOids}
            """);
        yield return new("text search template", CatalogClass.TextSearchTemplate, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, {Name("t", "tmplname")} AS identity,
                   format('CREATE TEXT SEARCH TEMPLATE %I.%I (%sLEXIZE = %s);', n.nspname, t.tmplname,
                     CASE WHEN t.tmplinit <> 0 THEN format('INIT = %s, ', t.tmplinit::regproc) ELSE '' END, t.tmpllexize::regproc) AS definition
            FROM pg_ts_template t JOIN pg_namespace n ON n.oid = t.tmplnamespace WHERE t.oid >= {UserOids}
            """);
        yield return new("text search dictionary", CatalogClass.TextSearchDictionary, SchemaSection.PreData, $"""
            SELECT d.oid AS objid, {Name("d", "dictname")} AS identity,
                   format('CREATE TEXT SEARCH DICTIONARY %I.%I (TEMPLATE = %I.%I%s);', n.nspname, d.dictname, tn.nspname, t.tmplname, COALESCE(', ' || d.dictinitoption, '')) AS definition, {Owner("d.dictowner")}
            FROM pg_ts_dict d JOIN pg_namespace n ON n.oid = d.dictnamespace JOIN pg_ts_template t ON t.oid = d.dicttemplate JOIN pg_namespace tn ON tn.oid = t.tmplnamespace
            WHERE d.oid >= {UserOids}
            """);
        yield return new("text search configuration", CatalogClass.TextSearchConfiguration, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, {Name("c", "cfgname")} AS identity,
                   format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I);', n.nspname, c.cfgname, pn.nspname, p.prsname)
                   || COALESCE((SELECT string_agg(format(E'\nALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s;', n.nspname, c.cfgname, m.alias, m.dictionaries), '' ORDER BY m.maptokentype)
                        FROM (SELECT cm.maptokentype, tt.alias, string_agg(format('%I.%I', dn.nspname, d.dictname), ', ' ORDER BY cm.mapseqno) AS dictionaries
                              FROM pg_ts_config_map cm JOIN ts_token_type(c.cfgparser) tt ON tt.tokid = cm.maptokentype JOIN pg_ts_dict d ON d.oid = cm.mapdict JOIN pg_namespace dn ON dn.oid = d.dictnamespace
                              WHERE cm.mapcfg = c.oid GROUP BY cm.maptokentype, tt.alias) m), '') AS definition, {Owner("c.cfgowner")}
            FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace
            WHERE c.oid >= {UserOids}
            """);
    }
}
