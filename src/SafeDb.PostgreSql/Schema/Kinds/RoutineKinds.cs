using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Functions, procedures and aggregates.</summary>
internal static class RoutineKinds
{
    public static IEnumerable<KindQuery> All(int version)
    {
        yield return Routine("function", "f', 'w", version);
        yield return Routine("procedure", "p", version);
        yield return Aggregate();
    }

    private static KindQuery Routine(string kind, string prokind, int version)
    {
        // A body that the server has parsed can take part in a circle (it names a view that calls the function). Then an empty body comes first.
        string shell = version >= 140000
            ? """
              CASE WHEN p.prosqlbody IS NOT NULL THEN format('CREATE %s %s(%s)%s LANGUAGE sql AS %L;', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                  format('%I.%I', n.nspname, p.proname), pg_get_function_arguments(p.oid), COALESCE(' RETURNS ' || pg_get_function_result(p.oid), ''), '') END AS placeholder,
              CASE WHEN p.prosqlbody IS NOT NULL THEN pg_get_functiondef(p.oid) || ';' END AS replacement
              """
            : "NULL::text AS placeholder, NULL::text AS replacement";
        // Constructors of range types depend on their type internally: they come with it.
        return new(kind, CatalogClass.Procedure, SchemaSection.PreData, $"""
            SELECT p.oid AS objid, p.oid::regprocedure::text AS identity, rtrim(pg_get_functiondef(p.oid), E'\n') || ';' AS definition, {Owner("p.proowner")}, {shell}
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE p.oid >= {UserOids} AND p.prokind IN ('{prokind}')
              AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('i', 'e'))
            """);
    }

    private static KindQuery Aggregate()
    {
        static string Function(string label, string column) => $"CASE WHEN a.{column} <> 0 THEN format(E',\\n    {label} = %s', a.{column}::regproc) ELSE '' END";
        static string Flag(string label, string column) => $"CASE WHEN a.{column} THEN E',\\n    {label}' ELSE '' END";
        static string Number(string label, string column) => $"CASE WHEN a.{column} <> 0 THEN format(E',\\n    {label} = %s', a.{column}) ELSE '' END";
        static string Literal(string label, string column) => $"CASE WHEN a.{column} IS NOT NULL THEN format(E',\\n    {label} = %L', a.{column}) ELSE '' END";
        static string Modify(string label, string column, string function) =>
            $"CASE WHEN a.{function} <> 0 THEN format(E',\\n    {label} = %s', CASE a.{column} WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END) ELSE '' END";
        const string Signature = "format('%I.%I(%s)', n.nspname, p.proname, COALESCE(NULLIF(pg_get_function_identity_arguments(p.oid), ''), '*'))";
        return new("aggregate", CatalogClass.Procedure, SchemaSection.PreData, $"""
            SELECT p.oid AS objid, {Signature} AS identity,
                   format(E'CREATE AGGREGATE %I.%I(%s) (\n    SFUNC = %s,\n    STYPE = %s', n.nspname, p.proname, COALESCE(NULLIF(pg_get_function_arguments(p.oid), ''), '*'),
                          a.aggtransfn::regproc, format_type(a.aggtranstype, NULL))
                   || {Number("SSPACE", "aggtransspace")} || {Function("FINALFUNC", "aggfinalfn")} || {Flag("FINALFUNC_EXTRA", "aggfinalextra")} || {Modify("FINALFUNC_MODIFY", "aggfinalmodify", "aggfinalfn")}
                   || {Function("COMBINEFUNC", "aggcombinefn")} || {Function("SERIALFUNC", "aggserialfn")} || {Function("DESERIALFUNC", "aggdeserialfn")} || {Literal("INITCOND", "agginitval")}
                   || {Function("MSFUNC", "aggmtransfn")} || {Function("MINVFUNC", "aggminvtransfn")}
                   || CASE WHEN a.aggmtranstype <> 0 THEN format(E',\n    MSTYPE = %s', format_type(a.aggmtranstype, NULL)) ELSE '' END
                   || {Number("MSSPACE", "aggmtransspace")} || {Function("MFINALFUNC", "aggmfinalfn")} || {Flag("MFINALFUNC_EXTRA", "aggmfinalextra")} || {Modify("MFINALFUNC_MODIFY", "aggmfinalmodify", "aggmfinalfn")}
                   || {Literal("MINITCOND", "aggminitval")}
                   || CASE WHEN a.aggsortop <> 0 THEN (SELECT format(E',\n    SORTOP = OPERATOR(%I.%s)', sn.nspname, so.oprname) FROM pg_operator so JOIN pg_namespace sn ON sn.oid = so.oprnamespace WHERE so.oid = a.aggsortop) ELSE '' END
                   || CASE WHEN a.aggkind = 'h' THEN E',\n    HYPOTHETICAL' ELSE '' END
                   || CASE p.proparallel WHEN 's' THEN E',\n    PARALLEL = safe' WHEN 'r' THEN E',\n    PARALLEL = restricted' ELSE '' END || E'\n);' AS definition,
                   {Owner("p.proowner")}
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid
            WHERE p.oid >= {UserOids}
            """);
    }
}
