using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Operators, their classes and families, and the members that were added to a family later.</summary>
internal static class OperatorKinds
{
    private const string FamilyName = "format('%I.%I USING %I', n.nspname, f.opfname, m.amname)";

    private const string OperatorItem = """
        format('OPERATOR %s %s%s', o.amopstrategy, o.amopopr::regoperator, CASE WHEN o.amopsortfamily <> 0 THEN
            (SELECT format(' FOR ORDER BY %I.%I', sn.nspname, sf.opfname) FROM pg_opfamily sf JOIN pg_namespace sn ON sn.oid = sf.opfnamespace WHERE sf.oid = o.amopsortfamily) ELSE '' END)
        """;

    private const string FunctionItem = "format('FUNCTION %s (%s, %s) %s', x.amprocnum, format_type(x.amproclefttype, NULL), format_type(x.amprocrighttype, NULL), x.amproc::regprocedure)";

    public static IEnumerable<KindQuery> All()
    {
        yield return Operator();
        yield return new("operator family", CatalogClass.OperatorFamily, SchemaSection.PreData, $"""
            SELECT f.oid AS objid, {FamilyName} AS identity, format('CREATE OPERATOR FAMILY %s;', {FamilyName}) AS definition, {Owner("f.opfowner")}
            FROM pg_opfamily f JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod WHERE f.oid >= {UserOids}
            """);
        yield return Class();
        yield return new("operator family operator", CatalogClass.OperatorOfFamily, SchemaSection.PreData, $"""
            SELECT o.oid AS objid, format('%s %s (%s, %s, %s)', {FamilyName}, o.amopstrategy, format_type(o.amoplefttype, NULL), format_type(o.amoprighttype, NULL), o.amoppurpose) AS identity,
                   format('ALTER OPERATOR FAMILY %s ADD %s;', {FamilyName}, {OperatorItem}) AS definition, '' AS spec, 2753::oid AS parent_class, f.oid AS parent_id
            FROM pg_amop o JOIN pg_opfamily f ON f.oid = o.amopfamily JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod
            WHERE o.oid >= {UserOids} AND NOT {MemberOfClass("pg_amop", "o")}
            """);
        yield return new("operator family function", CatalogClass.FunctionOfFamily, SchemaSection.PreData, $"""
            SELECT x.oid AS objid, format('%s %s (%s, %s)', {FamilyName}, x.amprocnum, format_type(x.amproclefttype, NULL), format_type(x.amprocrighttype, NULL)) AS identity,
                   format('ALTER OPERATOR FAMILY %s ADD %s;', {FamilyName}, {FunctionItem}) AS definition, '' AS spec, 2753::oid AS parent_class, f.oid AS parent_id
            FROM pg_amproc x JOIN pg_opfamily f ON f.oid = x.amprocfamily JOIN pg_namespace n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod
            WHERE x.oid >= {UserOids} AND NOT {MemberOfClass("pg_amproc", "x")}
            """);
    }

    private static string MemberOfClass(string catalogue, string alias) =>
        $"EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{catalogue}'::regclass AND d.objid = {alias}.oid AND d.refclassid = 'pg_opclass'::regclass)";

    private static KindQuery Operator()
    {
        // Commutators and negators that do not exist yet are made as shells by the server and filled when their own statement comes.
        static string Partner(string label, string column) =>
            $"CASE WHEN o.{column} <> 0 THEN (SELECT format(E',\\n    {label} = OPERATOR(%I.%s)', pn.nspname, po.oprname) FROM pg_operator po JOIN pg_namespace pn ON pn.oid = po.oprnamespace WHERE po.oid = o.{column}) ELSE '' END";
        return new("operator", CatalogClass.Operator, SchemaSection.PreData, $"""
            SELECT o.oid AS objid, o.oid::regoperator::text AS identity,
                   format(E'CREATE OPERATOR %I.%s (\n    FUNCTION = %s', n.nspname, o.oprname, o.oprcode::regproc)
                   || CASE WHEN o.oprleft <> 0 THEN format(E',\n    LEFTARG = %s', format_type(o.oprleft, NULL)) ELSE '' END
                   || CASE WHEN o.oprright <> 0 THEN format(E',\n    RIGHTARG = %s', format_type(o.oprright, NULL)) ELSE '' END
                   || {Partner("COMMUTATOR", "oprcom")} || {Partner("NEGATOR", "oprnegate")}
                   || CASE WHEN o.oprcanmerge THEN E',\n    MERGES' ELSE '' END || CASE WHEN o.oprcanhash THEN E',\n    HASHES' ELSE '' END
                   || CASE WHEN o.oprrest <> 0 THEN format(E',\n    RESTRICT = %s', o.oprrest::regproc) ELSE '' END
                   || CASE WHEN o.oprjoin <> 0 THEN format(E',\n    JOIN = %s', o.oprjoin::regproc) ELSE '' END || E'\n);' AS definition, {Owner("o.oprowner")}
            FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oid >= {UserOids} AND o.oprcode <> 0
            """);
    }

    private static KindQuery Class() => new("operator class", CatalogClass.OperatorClass, SchemaSection.PreData, $"""
        SELECT c.oid AS objid, format('%I.%I USING %I', n.nspname, c.opcname, m.amname) AS identity,
               format(E'CREATE OPERATOR CLASS %I.%I%s FOR TYPE %s USING %I FAMILY %I.%I AS\n    %s;', n.nspname, c.opcname, CASE WHEN c.opcdefault THEN ' DEFAULT' ELSE '' END,
                 format_type(c.opcintype, NULL), m.amname, fn.nspname, f.opfname,
                 array_to_string(ARRAY[format('STORAGE %s', format_type(COALESCE(NULLIF(c.opckeytype, 0), c.opcintype), NULL))]
                   || ARRAY(SELECT {OperatorItem} FROM pg_amop o JOIN pg_depend d ON d.classid = 'pg_amop'::regclass AND d.objid = o.oid
                            WHERE d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid ORDER BY o.amopstrategy, o.amopopr::regoperator::text COLLATE "C")
                   || ARRAY(SELECT {FunctionItem} FROM pg_amproc x JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass AND d.objid = x.oid
                            WHERE d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid ORDER BY x.amprocnum, x.amproc::regprocedure::text COLLATE "C"), E',\n    ')) AS definition,
               {Owner("c.opcowner")}
        FROM pg_opclass c JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_am m ON m.oid = c.opcmethod
        JOIN pg_opfamily f ON f.oid = c.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace WHERE c.oid >= {UserOids}
        """);
}
