using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Schemas and extensions, and the lack of those that a new database always has.</summary>
internal static class NamespaceKinds
{
    public static IEnumerable<KindQuery> All()
    {
        // A new database already has public: it is made only when it is not there, and its owner is said only when it is not the usual one.
        yield return new("schema", CatalogClass.Namespace, SchemaSection.PreData, $"""
            SELECT n.oid AS objid, quote_ident(n.nspname) AS identity,
                   format('CREATE SCHEMA %s%I;', CASE WHEN n.nspname = 'public' THEN 'IF NOT EXISTS ' ELSE '' END, n.nspname) AS definition, {Owner("n.nspowner")}
            FROM pg_namespace n
            WHERE n.nspname = 'public' OR (n.oid >= {UserOids} AND n.nspname !~ '^pg_(toast_)?temp_' AND n.nspname <> 'information_schema')
            """);
        yield return new("schema absence", CatalogClass.Absence, SchemaSection.PreData, """
            SELECT 2200::oid AS objid, 'public' AS identity, 'DROP SCHEMA IF EXISTS public;' AS definition, '' AS spec
            WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'public')
            """);
        // The version is pinned: another version of an extension is another schema. The owner of an extension cannot be changed, so none is said.
        yield return new("extension", CatalogClass.Extension, SchemaSection.PreData, """
            SELECT e.oid AS objid, quote_ident(e.extname) AS identity,
                   format('CREATE EXTENSION IF NOT EXISTS %I%s VERSION %L;', e.extname,
                          CASE WHEN EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.refclassid = 'pg_extension'::regclass
                                            AND d.refobjid = e.oid AND d.deptype = 'e') THEN '' ELSE format(' WITH SCHEMA %I', n.nspname) END, e.extversion) AS definition
            FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            """);
        yield return new("extension absence", CatalogClass.Absence, SchemaSection.PreData, """
            SELECT 13000::oid AS objid, 'plpgsql' AS identity, 'DROP EXTENSION IF EXISTS plpgsql;' AS definition, '' AS spec
            WHERE NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'plpgsql')
            """);
    }
}
