using System.Globalization;

using SafeDb.PostgreSql.Schema.Kinds;

namespace SafeDb.PostgreSql.Schema.Facts;

/// <summary>What is known of a database beside its definitions.</summary>
internal sealed record DatabaseFacts(
    IReadOnlyList<TableInfo> Tables, IReadOnlyList<SequenceInfo> Sequences, IReadOnlyList<LargeObjectInfo> LargeObjects, IReadOnlyList<string> Roles,
    IReadOnlyList<ExtensionInfo> Extensions, IReadOnlySet<string> Populated, IReadOnlyDictionary<string, string> Properties)
{
    // How many sequences one statement reads.
    private const int SequencesPerQuery = 500;

    /// <summary>Reads them.</summary>
    public static async Task<DatabaseFacts> ReadAsync(
        CatalogReader reader, SchemaReadOptions options, ILookup<uint, CatalogColumn> columns, ILookup<uint, string> largeObjectGrants, CancellationToken cancellationToken) => new(
        await TableFacts.ReadAsync(reader, options, columns, cancellationToken).ConfigureAwait(false),
        await ReadSequencesAsync(reader, cancellationToken).ConfigureAwait(false),
        await reader.QueryAsync(
            "SELECT oid, pg_get_userbyid(lomowner), obj_description(oid, 'pg_largeobject') FROM pg_largeobject_metadata ORDER BY oid",
            row => new LargeObjectInfo(row.GetFieldValue<uint>(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), [.. largeObjectGrants[row.GetFieldValue<uint>(0)]]),
            cancellationToken).ConfigureAwait(false),
        await ReadRolesAsync(reader, cancellationToken).ConfigureAwait(false),
        await reader.QueryAsync(
            "SELECT extname::text, extversion, n.nspname::text FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY extname COLLATE \"C\"",
            row => new ExtensionInfo(row.GetString(0), row.GetString(1), row.GetString(2)), cancellationToken).ConfigureAwait(false),
        (await reader.QueryAsync(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'm' AND relispopulated", row => row.GetString(0), cancellationToken).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal),
        await DatabaseProperties.ReadAsync(reader, database: null, cancellationToken).ConfigureAwait(false));

    private static async Task<List<SequenceInfo>> ReadSequencesAsync(CatalogReader reader, CancellationToken cancellationToken)
    {
        // A standby cannot read unlogged sequences; their state there is gone anyway.
        List<(string Name, bool Readable, bool Standby)> all = await reader.QueryAsync(
            $"""
            SELECT c.oid::regclass::text, has_sequence_privilege(c.oid, 'SELECT') AND NOT (c.relpersistence = 'u' AND pg_is_in_recovery()), c.relpersistence = 'u' AND pg_is_in_recovery()
            FROM pg_class c WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND c.oid >= 16384
              AND (NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
                   OR EXISTS (SELECT FROM pg_extension e WHERE c.oid = ANY (e.extconfig)))
            ORDER BY 1
            """, row => (row.GetString(0), row.GetBoolean(1), row.GetBoolean(2)), cancellationToken).ConfigureAwait(false);
        List<SequenceInfo> sequences = [.. all.Where(item => !item.Readable).Select(item => new SequenceInfo(item.Name, null, false) { IsAbsentOnStandby = item.Standby })];
        foreach ((string Name, bool Readable, bool Standby)[] batch in all.Where(item => item.Readable).Chunk(SequencesPerQuery))
        {
            string sql = string.Join(" UNION ALL ", batch.Select(item => $"SELECT {SqlText.Literal(item.Name)}, last_value, is_called FROM {item.Name}"));
            sequences.AddRange(await reader.QueryAsync(sql, row => new SequenceInfo(row.GetString(0), row.GetInt64(1), row.GetBoolean(2)), cancellationToken).ConfigureAwait(false));
        }

        return [.. sequences.OrderBy(sequence => sequence.Name, StringComparer.Ordinal)];
    }

    /// <summary>Every role that an owner, a privilege, a policy, a mapping or a setting of this database names. Roles that every server has are not listed.</summary>
    private static Task<List<string>> ReadRolesAsync(CatalogReader reader, CancellationToken cancellationToken) => reader.QueryAsync(
        string.Create(CultureInfo.InvariantCulture, $"""
        WITH me AS (SELECT oid, datdba FROM pg_database WHERE datname = current_database())
        SELECT r.rolname::text FROM pg_roles r WHERE r.rolname !~ '^pg_' AND (
            r.oid IN (SELECT s.refobjid FROM pg_shdepend s, me WHERE s.refclassid = 'pg_authid'::regclass AND (s.dbid = me.oid OR (s.classid = 'pg_database'::regclass AND s.objid = me.oid)))
            OR r.oid IN (SELECT datdba FROM me) OR r.oid IN (SELECT setrole FROM pg_db_role_setting, me WHERE setdatabase = me.oid)
            OR (r.oid = 10 AND EXISTS (SELECT FROM pg_class WHERE relowner = 10 AND oid >= 16384)))
        ORDER BY r.rolname COLLATE "C"
        """), row => row.GetString(0), cancellationToken);
}
