using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Languages, transforms, casts, conversions, collations and access methods.</summary>
internal static class LanguageKinds
{
    public static IEnumerable<KindQuery> All(int version)
    {
        yield return new("language", CatalogClass.Language, SchemaSection.PreData, $"""
            SELECT l.oid AS objid, quote_ident(l.lanname) AS identity,
                   format('CREATE %sLANGUAGE %I%s%s%s;', CASE WHEN l.lanpltrusted THEN 'TRUSTED ' ELSE '' END, l.lanname,
                     CASE WHEN l.lanplcallfoid <> 0 THEN ' HANDLER ' || l.lanplcallfoid::regproc ELSE '' END, CASE WHEN l.laninline <> 0 THEN ' INLINE ' || l.laninline::regproc ELSE '' END,
                     CASE WHEN l.lanvalidator <> 0 THEN ' VALIDATOR ' || l.lanvalidator::regproc ELSE '' END) AS definition, {Owner("l.lanowner")}
            FROM pg_language l WHERE l.oid >= {UserOids} AND l.lanispl
            """);
        yield return new("transform", CatalogClass.Transform, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, format('FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname) AS identity,
                   format('CREATE TRANSFORM FOR %s LANGUAGE %I (%s);', format_type(t.trftype, NULL), l.lanname, concat_ws(', ',
                     CASE WHEN t.trffromsql <> 0 THEN 'FROM SQL WITH FUNCTION ' || t.trffromsql::regprocedure END,
                     CASE WHEN t.trftosql <> 0 THEN 'TO SQL WITH FUNCTION ' || t.trftosql::regprocedure END)) AS definition
            FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE t.oid >= {UserOids}
            """);
        yield return new("cast", CatalogClass.Cast, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)) AS identity,
                   format('CREATE CAST (%s AS %s) %s%s;', format_type(c.castsource, NULL), format_type(c.casttarget, NULL),
                     CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END,
                     CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END) AS definition
            FROM pg_cast c WHERE c.oid >= {UserOids} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i')
            """);
        yield return new("conversion", CatalogClass.Conversion, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, {Name("c", "conname")} AS identity,
                   format('CREATE %sCONVERSION %I.%I FOR %L TO %L FROM %s;', CASE WHEN c.condefault THEN 'DEFAULT ' ELSE '' END, n.nspname, c.conname,
                     pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc::regproc) AS definition, {Owner("c.conowner")}
            FROM pg_conversion c JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.oid >= {UserOids}
            """);
        yield return Collation(version);
        yield return new("access method", CatalogClass.AccessMethod, SchemaSection.PreData, $"""
            SELECT a.oid AS objid, quote_ident(a.amname) AS identity,
                   format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s;', a.amname, CASE a.amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END, a.amhandler::regproc) AS definition
            FROM pg_am a WHERE a.oid >= {UserOids}
            """);
    }

    private static KindQuery Collation(int version)
    {
        // Where the locale of a provider other than libc stands has changed twice.
        string locale = version >= 170000 ? "c.colllocale" : version >= 150000 ? "c.colliculocale" : "c.collcollate";
        string rules = version >= 160000 ? "CASE WHEN c.collicurules IS NOT NULL THEN format(', rules = %L', c.collicurules) ELSE '' END" : "''";
        return new("collation", CatalogClass.Collation, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, {Name("c", "collname")} AS identity,
                   format('CREATE COLLATION %I.%I (provider = %s%s%s, %s);', n.nspname, c.collname, CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
                     CASE WHEN NOT c.collisdeterministic THEN ', deterministic = false' ELSE '' END, {rules},
                     CASE WHEN c.collprovider <> 'c' THEN format('locale = %L', {locale})
                          WHEN c.collcollate = c.collctype THEN format('locale = %L', c.collcollate)
                          ELSE format('lc_collate = %L, lc_ctype = %L', c.collcollate, c.collctype) END) AS definition, {Owner("c.collowner")}
            FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace WHERE c.oid >= {UserOids}
            """);
    }
}
