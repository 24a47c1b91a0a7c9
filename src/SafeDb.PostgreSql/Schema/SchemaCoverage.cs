using System.Globalization;

using SafeDb.PostgreSql.Schema.Ordering;

namespace SafeDb.PostgreSql.Schema;

/// <summary>
/// Counts what was read. Every row that neither initdb nor an extension made, in every catalogue of the server that has oids (whatever its version), must be an
/// object that was read, a part of one, or left out on purpose. What is left over is listed.
/// </summary>
internal static class SchemaCoverage
{
    // Read through other ways: large objects one by one, user mappings through the view that everybody may read.
    private const string CataloguesSql = """
        SELECT c.oid, c.relname::text, has_table_privilege(c.oid, 'SELECT') OR c.relname = 'pg_user_mapping'
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'oid' AND a.attnum > 0
        WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared AND c.relname <> 'pg_largeobject_metadata' ORDER BY c.oid
        """;

    // To those who may not see the options of a mapping it looks as if it had none.
    private const string HiddenMappingsSql = """
        SELECT format('for %s on server %I', u.usename, u.srvname) FROM pg_user_mappings u
        WHERE u.umid >= 16384 AND u.umoptions IS NULL AND NOT has_table_privilege('pg_user_mapping', 'SELECT') ORDER BY 1
        """;

    /// <summary>One line for everything that is not covered.</summary>
    public static async Task<List<string>> FindMissingAsync(
        CatalogReader reader, CatalogDependencies dependencies, IReadOnlyDictionary<ObjectAddress, CatalogObject> objects, CancellationToken cancellationToken)
    {
        List<(uint Oid, string Name, bool Readable)> catalogues = await reader.QueryAsync(
            CataloguesSql, row => (row.GetFieldValue<uint>(0), row.GetString(1), row.GetBoolean(2)), cancellationToken).ConfigureAwait(false);
        List<string> missing = [.. catalogues.Where(catalogue => !catalogue.Readable).Select(catalogue => $"the catalogue {catalogue.Name}: this user may not read it")];
        string rows = string.Join(" UNION ALL ", catalogues.Where(catalogue => catalogue.Readable).Select(Rows)
            .Append("SELECT 6100::oid, oid FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        List<ObjectAddress> all = await reader.QueryAsync(rows, row => new ObjectAddress(row.GetFieldValue<uint>(0), row.GetFieldValue<uint>(1)), cancellationToken).ConfigureAwait(false);
        List<ObjectAddress> left = [.. all.Where(address => dependencies.Resolve(address, objects) is null && !dependencies.IsIgnored(address))];
        missing.AddRange(await reader.QueryAsync(HiddenMappingsSql, row => $"user mapping {row.GetString(0)}: this user may not see its options", cancellationToken).ConfigureAwait(false));
        missing.AddRange(await DescribeAsync(reader, left, cancellationToken).ConfigureAwait(false));
        return missing;
    }

    private static string Rows((uint Oid, string Name, bool Readable) catalogue) => string.Equals(catalogue.Name, "pg_user_mapping", StringComparison.Ordinal)
        ? "SELECT 1418::oid, umid FROM pg_user_mappings WHERE umid >= 16384"
        : string.Create(CultureInfo.InvariantCulture, $"SELECT {catalogue.Oid}::oid, oid FROM pg_catalog.{SqlText.Identifier(catalogue.Name)} WHERE oid >= 16384");

    private static async Task<List<string>> DescribeAsync(CatalogReader reader, List<ObjectAddress> left, CancellationToken cancellationToken)
    {
        if (left.Count == 0)
            return [];
        string values = string.Join(',', left.Select(address => string.Create(CultureInfo.InvariantCulture, $"({address.Class}::oid,{address.Id}::oid)")));
        return await reader.QueryAsync(
            // A catalogue that this server does not know as a class of objects makes the description fail; the numbers then have to do.
            $"SELECT c.relname || ' ' || v.id, CASE WHEN v.class IN (SELECT classid FROM pg_depend) THEN pg_describe_object(v.class, v.id, 0) END FROM (VALUES {values}) v(class, id) JOIN pg_class c ON c.oid = v.class ORDER BY 2, 1",
            row => $"{(row.IsDBNull(1) ? row.GetString(0) : row.GetString(1))}: SafeDb has no definition for it", cancellationToken).ConfigureAwait(false);
    }
}
