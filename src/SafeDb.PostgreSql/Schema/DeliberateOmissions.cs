using SafeDb.PostgreSql.Schema.Ordering;

namespace SafeDb.PostgreSql.Schema;

/// <summary>What no restored database has, because it holds nothing or is no part of a database's content: said, but no reason to call a backup partial.</summary>
internal static class DeliberateOmissions
{
    private const string Sql = """
        SELECT 1259::oid, c.oid, format('The index %s is invalid (its build failed or still runs): a restored database will not have it.', c.oid::regclass)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
        WHERE c.oid >= 16384 AND t.relkind <> 'p' AND t.relpersistence <> 't' AND t.relkind <> 't' AND NOT (i.indisvalid AND i.indisready)
          AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.contype IN ('p', 'u', 'x'))
        UNION ALL
        SELECT 2617::oid, o.oid, format('The operator %s is only named by another operator and was never defined: a restored database names it too.', o.oid::regoperator)
        FROM pg_operator o WHERE o.oid >= 16384 AND o.oprcode = 0
        UNION ALL
        SELECT 0::oid, t.oid, format('The foreign key %s.%I has its internal trigger switched off (ALTER TABLE … DISABLE TRIGGER ALL): a restored database checks it again.', t.tgrelid::regclass, k.conname)
        FROM pg_trigger t JOIN pg_constraint k ON k.oid = t.tgconstraint WHERE t.tgisinternal AND t.tgenabled <> 'O' AND k.contype = 'f' AND t.tgrelid = k.conrelid
        UNION ALL
        SELECT 0::oid, 0::oid, format('The logical replication slot %s (%s) reads from this database: slots belong to the server, a restored database has none, and its subscribers must be set up again.', s.slot_name, s.plugin)
        FROM pg_replication_slots s WHERE s.database = current_database() AND NOT s.temporary
        UNION ALL
        SELECT 6100::oid, 0::oid, format('The subscription %I draws on the slot %s: it is restored disabled and without a slot, so that two databases never draw on one.', s.subname, s.subslotname)
        FROM pg_subscription s WHERE s.subslotname IS NOT NULL AND s.subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        ORDER BY 3
        """;

    /// <summary>Finds them and takes them out of the count.</summary>
    public static async Task<List<string>> FindAsync(CatalogReader reader, CatalogDependencies dependencies, CancellationToken cancellationToken)
    {
        List<(ObjectAddress Address, string Text)> found = await reader.QueryAsync(
            Sql, row => (new ObjectAddress(row.GetFieldValue<uint>(0), row.GetFieldValue<uint>(1)), row.GetString(2)), cancellationToken).ConfigureAwait(false);
        found.RemoveAll(item => dependencies.IsExcluded(item.Address));
        foreach ((ObjectAddress address, _) in found)
            dependencies.Ignore(address);
        return [.. found.Select(item => item.Text).Distinct(StringComparer.Ordinal)];
    }
}
