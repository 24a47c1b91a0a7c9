using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Types of all sorts. Those that their own functions take or give are made in two steps, first as shells.</summary>
internal static class TypeKinds
{
    public static IEnumerable<KindQuery> All(int version)
    {
        yield return new("shell type", CatalogClass.ShellType, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, {Name("t", "typname")} AS identity, format('CREATE TYPE %I.%I;', n.nspname, t.typname) AS definition, '' AS spec
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_range r ON r.rngtypid = t.oid
            WHERE t.oid >= {UserOids} AND ((t.typtype = 'b' AND NOT {TrueArray(version)}) OR r.rngcanonical <> 0)
            """);
        yield return new("type", CatalogClass.Type, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, {Name("t", "typname")} AS identity,
                   CASE WHEN t.typtype = 'p' THEN format('CREATE TYPE %I.%I;', n.nspname, t.typname)
                        ELSE format('CREATE TYPE %I.%I AS ENUM (%s);', n.nspname, t.typname,
                            (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)) END AS definition, {Owner("t.typowner")}
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE t.oid >= {UserOids} AND (t.typtype = 'e' OR (t.typtype = 'p' AND NOT t.typisdefined))
            """);
        yield return new("composite type", CatalogClass.Type, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, {Name("t", "typname")} AS identity,
                   format('CREATE TYPE %I.%I AS (%s);', n.nspname, t.typname,
                     (SELECT string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod), {Collate("a.attcollation", "at.typcollation")}), ', ' ORDER BY a.attnum)
                      FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)) AS definition,
                   format('TYPE %I.%I', n.nspname, t.typname) AS spec, {Owner("t.typowner")}
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid
            WHERE t.oid >= {UserOids} AND c.relkind = 'c'
            """);
        yield return Range(version);
        yield return Base(version);
        yield return Domain(version);
        yield return new("domain default", CatalogClass.DomainDefault, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, {Name("t", "typname")} AS identity, format('ALTER DOMAIN %I.%I SET DEFAULT %s;', n.nspname, t.typname,
                     COALESCE(pg_get_expr(t.typdefaultbin, 0), quote_literal(t.typdefault))) AS definition,
                   '' AS spec, 1247::oid AS parent_class, t.oid AS parent_id
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid >= {UserOids} AND t.typtype = 'd' AND t.typdefault IS NOT NULL
            """);
        yield return new("domain constraint", CatalogClass.Constraint, SchemaSection.PreData, $"""
            SELECT k.oid AS objid, format('%I.%I.%I', n.nspname, t.typname, k.conname) AS identity,
                   format('ALTER DOMAIN %I.%I ADD CONSTRAINT %I %s;', n.nspname, t.typname, k.conname, pg_get_constraintdef(k.oid)) AS definition,
                   CASE WHEN k.convalidated THEN 'pre' ELSE 'post' END AS section,
                   format('CONSTRAINT %I ON DOMAIN %I.%I', k.conname, n.nspname, t.typname) AS spec, 1247::oid AS parent_class, t.oid AS parent_id
            FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE k.oid >= {UserOids} AND k.contype = 'c'
            """);
    }

    /// <summary>An array type that came with its element type, as opposed to a user's type that is subscripted.</summary>
    private static string TrueArray(int version) => version >= 140000
        ? "(t.typelem <> 0 AND t.typsubscript = 'array_subscript_handler'::regproc AND (SELECT e.typarray FROM pg_type e WHERE e.oid = t.typelem) = t.oid)"
        : "(t.typelem <> 0 AND t.typlen = -1 AND (SELECT e.typarray FROM pg_type e WHERE e.oid = t.typelem) = t.oid)";

    private static KindQuery Range(int version)
    {
        string multirange = version >= 140000
            ? "format(E',\\n    multirange_type_name = %s', (SELECT format('%I.%I', mn.nspname, m.typname) FROM pg_type m JOIN pg_namespace mn ON mn.oid = m.typnamespace WHERE m.oid = r.rngmultitypid))"
            : "''";
        return new("range type", CatalogClass.Type, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, {Name("t", "typname")} AS identity,
                   format(E'CREATE TYPE %I.%I AS RANGE (\n    subtype = %s,\n    subtype_opclass = %I.%I%s%s%s%s\n);', n.nspname, t.typname, format_type(r.rngsubtype, NULL), on_.nspname, o.opcname,
                     CASE WHEN r.rngcollation <> 0 THEN (SELECT format(E',\n    collation = %I.%I', cn.nspname, co.collname) FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = r.rngcollation) ELSE '' END,
                     CASE WHEN r.rngcanonical <> 0 THEN format(E',\n    canonical = %s', r.rngcanonical::regproc) ELSE '' END,
                     CASE WHEN r.rngsubdiff <> 0 THEN format(E',\n    subtype_diff = %s', r.rngsubdiff::regproc) ELSE '' END, {multirange}) AS definition,
                   format('TYPE %I.%I', n.nspname, t.typname) AS spec, {Owner("t.typowner")},
                   CASE WHEN r.rngcanonical <> 0 THEN ARRAY['1:' || t.oid] END AS after
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_range r ON r.rngtypid = t.oid
            JOIN pg_opclass o ON o.oid = r.rngsubopc JOIN pg_namespace on_ ON on_.oid = o.opcnamespace
            WHERE t.oid >= {UserOids}
            """);
    }

    private static KindQuery Base(int version)
    {
        string subscript = version >= 140000 ? "CASE WHEN t.typsubscript <> 0 THEN format(E',\\n    SUBSCRIPT = %s', t.typsubscript::regproc) ELSE '' END" : "''";
        string Function(string label, string column) => $"CASE WHEN t.{column} <> 0 THEN format(E',\\n    {label} = %s', t.{column}::regproc) ELSE '' END";
        return new("base type", CatalogClass.Type, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, {Name("t", "typname")} AS identity,
                   format(E'CREATE TYPE %I.%I (\n    INPUT = %s,\n    OUTPUT = %s', n.nspname, t.typname, t.typinput::regproc, t.typoutput::regproc)
                   || {Function("RECEIVE", "typreceive")} || {Function("SEND", "typsend")} || {Function("TYPMOD_IN", "typmodin")} || {Function("TYPMOD_OUT", "typmodout")}
                   || {Function("ANALYZE", "typanalyze")} || {subscript}
                   || format(E',\n    INTERNALLENGTH = %s', CASE WHEN t.typlen = -1 THEN 'VARIABLE' ELSE t.typlen::text END)
                   || CASE WHEN t.typbyval THEN E',\n    PASSEDBYVALUE' ELSE '' END
                   || format(E',\n    ALIGNMENT = %s', CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END)
                   || format(E',\n    STORAGE = %s', CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'x' THEN 'extended' ELSE 'main' END)
                   || CASE WHEN t.typcategory <> 'U' THEN format(E',\n    CATEGORY = %L', t.typcategory) ELSE '' END
                   || CASE WHEN t.typispreferred THEN E',\n    PREFERRED = true' ELSE '' END
                   || CASE WHEN t.typdefault IS NOT NULL THEN format(E',\n    DEFAULT = %L', t.typdefault) ELSE '' END
                   || CASE WHEN t.typelem <> 0 THEN format(E',\n    ELEMENT = %s', format_type(t.typelem, NULL)) ELSE '' END
                   || CASE WHEN t.typdelim <> ',' THEN format(E',\n    DELIMITER = %L', t.typdelim) ELSE '' END
                   || CASE WHEN t.typcollation <> 0 THEN E',\n    COLLATABLE = true' ELSE '' END || E'\n);' AS definition,
                   format('TYPE %I.%I', n.nspname, t.typname) AS spec, {Owner("t.typowner")}, ARRAY['1:' || t.oid] AS after
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
            WHERE t.oid >= {UserOids} AND t.typtype = 'b' AND NOT {TrueArray(version)}
            """);
    }

    private static KindQuery Domain(int version)
    {
        // From 17 on NOT NULL is a constraint with a name.
        string notNull = version >= 170000
            ? "COALESCE((SELECT format(' CONSTRAINT %I NOT NULL', k.conname) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'n'), CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END)"
            : "CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END";
        return new("domain", CatalogClass.Type, SchemaSection.PreData, $"""
            SELECT t.oid AS objid, {Name("t", "typname")} AS identity,
                   format('CREATE DOMAIN %I.%I AS %s%s%s;', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod), {Collate("t.typcollation", "b.typcollation")}, {notNull}) AS definition,
                   {Owner("t.typowner")}
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
            WHERE t.oid >= {UserOids} AND t.typtype = 'd'
            """);
    }
}
