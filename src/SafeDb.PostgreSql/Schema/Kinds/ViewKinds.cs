using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Views and materialized views.</summary>
internal static class ViewKinds
{
    public static IEnumerable<KindQuery> All()
    {
        // A circle through a view is cut as CREATE VIEW of the same columns over nothing, replaced later.
        string body = $"format('%s%s AS %s', c.oid::regclass, {StorageOptions("c.reloptions")}, chr(10) || rtrim(ltrim(pg_get_viewdef(c.oid), E'\\n'), E'; \\n') || ';')";
        yield return new("view", CatalogClass.Relation, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity, 'CREATE VIEW ' || {body} AS definition, {Owner("c.relowner")},
                   format('CREATE VIEW %s AS SELECT%s;', c.oid::regclass, (SELECT string_agg(format(' NULL::%s%s AS %I', format_type(a.atttypid, a.atttypmod), {Collate("a.attcollation", "t.typcollation")}, a.attname), ',' ORDER BY a.attnum)
                     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS placeholder,
                   'CREATE OR REPLACE VIEW ' || {body} AS replacement
            FROM pg_class c WHERE c.oid >= {UserOids} AND c.relkind = 'v' AND c.relpersistence <> 't'
            """);
        yield return new("materialized view", CatalogClass.Relation, SchemaSection.PreData, $"""
            SELECT c.oid AS objid, c.oid::regclass::text AS identity,
                   format('CREATE MATERIALIZED VIEW %s%s%s AS %s WITH NO DATA;', c.oid::regclass, CASE WHEN am.amname <> 'heap' THEN format(' USING %I', am.amname) ELSE '' END,
                     {StorageOptions("c.reloptions", "tc.reloptions")}, chr(10) || rtrim(ltrim(pg_get_viewdef(c.oid), E'\n'), E'; \n') || chr(10)) || {ColumnSettings.Sql("MATERIALIZED VIEW")} AS definition, {Owner("c.relowner")}
            FROM pg_class c JOIN pg_am am ON am.oid = c.relam LEFT JOIN pg_class tc ON tc.oid = c.reltoastrelid
            WHERE c.oid >= {UserOids} AND c.relkind = 'm' AND c.relpersistence <> 't'
            """);
    }
}
