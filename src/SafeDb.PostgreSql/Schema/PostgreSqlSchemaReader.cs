using Npgsql;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.PostgreSql.Schema.Facts;
using SafeDb.PostgreSql.Schema.Kinds;
using SafeDb.PostgreSql.Schema.Ordering;
using SafeDb.PostgreSql.Schema.Parts;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Schema;

/// <summary>
/// Reads everything that PostgreSQL 12 to 18 knows of a database, with a fixed number of queries however large it is. Runs inside the caller's REPEATABLE READ READ
/// ONLY transaction; within it, it empties the search path so that every name comes qualified.
/// </summary>
public static class PostgreSqlSchemaReader
{
    /// <summary>Reads the schema.</summary>
    public static Task<PostgreSqlSchema> ReadAsync(NpgsqlConnection connection, SchemaReadOptions options, CancellationToken cancellationToken) =>
        ReadAsync(connection, options, _ => true, cancellationToken);

    /// <summary>Reads the schema without the kinds that the filter refuses: for the test that shows that the coverage notices.</summary>
    internal static async Task<PostgreSqlSchema> ReadAsync(NpgsqlConnection connection, SchemaReadOptions options, Predicate<string> kinds, CancellationToken cancellationToken)
    {
        CatalogReader reader = await PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
        CatalogDependencies dependencies = await CatalogDependencies.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
        ILookup<uint, CatalogColumn> columns = await ColumnCatalog.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
        List<CatalogObject> objects = await ReadObjectsAsync(reader, options, columns, cancellationToken).ConfigureAwait(false);
        objects = [.. objects.Where(item => kinds(item.Kind)).Select(item => ExtensionAdditions.Keep(item, dependencies)).OfType<CatalogObject>()];
        var byAddress = objects.ToDictionary(item => item.Address);
        List<string> notices = await DeliberateOmissions.FindAsync(reader, dependencies, cancellationToken).ConfigureAwait(false);
        List<string> missing = await SchemaCoverage.FindMissingAsync(reader, dependencies, byAddress, cancellationToken).ConfigureAwait(false);
        missing.AddRange(await ExtensionAdditions.FindChangedAsync(reader, cancellationToken).ConfigureAwait(false));
        List<CatalogObject> owners = [.. OwnerParts.Of(objects)];
        List<CatalogObject> comments = await CommentParts.ReadAsync(reader, dependencies, byAddress, missing, cancellationToken).ConfigureAwait(false);
        (List<CatalogObject> privileges, ILookup<uint, string> largeObjectPrivileges) =
            await PrivilegeParts.ReadAsync(reader, dependencies, byAddress, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<SchemaObject> ordered = SchemaAssembly.Order(objects, [.. owners, .. comments, .. privileges], columns, dependencies, missing);
        DatabaseFacts facts = await DatabaseFacts.ReadAsync(reader, options, columns, largeObjectPrivileges, cancellationToken).ConfigureAwait(false);
        return new PostgreSqlSchema
        {
            Schema = new DatabaseSchema(DatabaseEngine.PostgreSql, reader.Version, ordered),
            Tables = facts.Tables,
            Sequences = facts.Sequences,
            LargeObjects = facts.LargeObjects,
            MaterializedViews = [.. ordered.Where(item => item.Kind is "materialized view").Select(item => new MaterializedViewInfo(item.Identity, facts.Populated.Contains(item.Identity)))],
            Roles = facts.Roles,
            Extensions = facts.Extensions,
            Coverage = missing.Count == 0 ? Coverage.Full : new Coverage(false, missing),
            Notices = notices,
            Properties = facts.Properties,
        };
    }

    private static async Task<CatalogReader> PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var first = new CatalogReader(connection, 0);
        List<int> version = await first.QueryAsync(
            "SELECT current_setting('server_version_num')::int FROM (SELECT pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('quote_all_identifiers', 'off', true)) s",
            row => row.GetInt32(0), cancellationToken).ConfigureAwait(false);
        return version[0] >= 120000 ? new CatalogReader(connection, version[0]) : throw PostgreSqlErrors.ServerTooOld.Exception(version[0] / 10000);
    }

    private static async Task<List<CatalogObject>> ReadObjectsAsync(CatalogReader reader, SchemaReadOptions options, ILookup<uint, CatalogColumn> columns, CancellationToken cancellationToken)
    {
        int version = reader.Version;
        List<bool> subscriptionsReadable = await reader.QueryAsync(
            "SELECT has_column_privilege('pg_subscription', 'subconninfo', 'SELECT')", row => row.GetBoolean(0), cancellationToken).ConfigureAwait(false);
        IEnumerable<KindQuery> queries =
        [
            .. NamespaceKinds.All(), .. TypeKinds.All(version), .. RoutineKinds.All(version), .. OperatorKinds.All(), .. LanguageKinds.All(version), .. TextSearchKinds.All(),
            .. ForeignKinds.All(options.IncludeSecrets), .. SequenceKinds.All(version), .. RelationKinds.All(version), .. ViewKinds.All(), .. ConstraintKinds.All(version),
            .. TriggerKinds.All(version), .. ReplicationKinds.All(version, options.IncludeSecrets, subscriptionsReadable[0]),
        ];
        var objects = new List<CatalogObject>();
        foreach (KindQuery query in queries)
            objects.AddRange(await reader.ReadAsync(query, cancellationToken).ConfigureAwait(false));
        objects.AddRange(await TableKind.ReadAsync(reader, columns, options.IncludeSecrets, cancellationToken).ConfigureAwait(false));
        return objects;
    }
}
