using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Foreign data wrappers, servers and user mappings.</summary>
internal static class ForeignKinds
{
    public static IEnumerable<KindQuery> All(bool secrets)
    {
        yield return new("foreign data wrapper", CatalogClass.ForeignDataWrapper, SchemaSection.PreData, $"""
            SELECT w.oid AS objid, quote_ident(w.fdwname) AS identity,
                   format('CREATE FOREIGN DATA WRAPPER %I%s%s%s;', w.fdwname, CASE WHEN w.fdwhandler <> 0 THEN ' HANDLER ' || w.fdwhandler::regproc ELSE '' END,
                     CASE WHEN w.fdwvalidator <> 0 THEN ' VALIDATOR ' || w.fdwvalidator::regproc ELSE '' END, {ForeignOptions("w.fdwoptions", secrets)}) AS definition, {Owner("w.fdwowner")}
            FROM pg_foreign_data_wrapper w WHERE w.oid >= {UserOids}
            """);
        yield return new("server", CatalogClass.ForeignServer, SchemaSection.PreData, $"""
            SELECT s.oid AS objid, quote_ident(s.srvname) AS identity,
                   format('CREATE SERVER %I%s%s FOREIGN DATA WRAPPER %I%s;', s.srvname, COALESCE(' TYPE ' || quote_literal(s.srvtype), ''), COALESCE(' VERSION ' || quote_literal(s.srvversion), ''),
                     w.fdwname, {ForeignOptions("s.srvoptions", secrets)}) AS definition, {Owner("s.srvowner")}
            FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw WHERE s.oid >= {UserOids}
            """);
        // The view shows the options only to those who may see them; the table itself is for superusers.
        yield return new("user mapping", CatalogClass.UserMapping, SchemaSection.PreData, $"""
            SELECT u.umid AS objid, format('%s SERVER %I', CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname) AS identity,
                   format('CREATE USER MAPPING FOR %s SERVER %I%s;', CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE quote_ident(u.usename) END, u.srvname,
                     {ForeignOptions("u.umoptions", secrets)}) AS definition, '' AS spec, 1417::oid AS parent_class, u.srvid AS parent_id
            FROM pg_user_mappings u WHERE u.umid >= {UserOids}
            """);
    }
}
