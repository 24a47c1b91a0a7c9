using Npgsql;

using SafeDb.Errors;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Backup;

/// <summary>Whether this user may read every row of the tables that a backup takes, asked before the first of them is read.</summary>
internal static class RowAccess
{
    private const int NamesShown = 5;

    // Under row_security = off, as every reading session has it, row_security_active tells of the policies that would make a query fail.
    private const string Barred = """
        SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), pg_catalog.quote_ident(n.nspname),
               pg_catalog.has_schema_privilege(n.oid, 'USAGE')::pg_catalog.int4, pg_catalog.has_table_privilege(c.oid, 'SELECT')::pg_catalog.int4
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
          AND NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid))
        ORDER BY 1
        """;

    /// <summary>Fails, in the server's words, when rows of one of the tables are out of reach.</summary>
    /// <param name="connection">A reading session.</param>
    /// <param name="tables">Names of the tables whose rows are taken.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task RequireAsync(NpgsqlConnection connection, IEnumerable<string> tables, CancellationToken cancellationToken)
    {
        var taken = tables.ToHashSet(StringComparer.Ordinal);
        string?[][] barred = [.. (await connection.RowsAsync(Barred, cancellationToken).ConfigureAwait(false)).Where(row => taken.Contains(row[0]!))];
        Refuse(PostgreSqlErrors.PermissionDenied, "permission denied for schema", "schema", barred.Where(row => row[2] == "0").Select(row => row[1]!));
        Refuse(PostgreSqlErrors.PermissionDenied, "permission denied for table", "table", barred.Where(row => row[3] == "0").Select(row => row[0]!));
        Refuse(PostgreSqlErrors.RowSecurity, "query would be affected by row-level security policy for table", "table", barred.Select(row => row[0]!));
    }

    private static void Refuse(ErrorDefinition error, string problem, string one, IEnumerable<string> objects)
    {
        string[] names = [.. objects.Distinct(StringComparer.Ordinal)];
        if (names.Length > 0)
        {
            throw new SafeDbException(error.Error($"{problem} {Counted.First(names, NamesShown, one)}") with
            {
                EngineCode = PostgresErrorCodes.InsufficientPrivilege,
            });
        }
    }
}
