using SafeDb.Migration.History;
using SafeDb.Migration.Rows;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Migration;

/// <summary>Compares rows in PostgreSQL, as text, so that types without equality compare too. Object ids see through renames.</summary>
internal sealed class PostgreSqlRowComparison : RowComparison
{
    protected override string Only => "only ";

    protected override async Task<IReadOnlyList<ComparedTable>> TablesAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        const string Sql = """
            select c.oid::text, n.nspname::text, c.relname::text, a.attnum::text, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod),
              coalesce(pg_catalog.array_position(k.conkey, a.attnum), 0)::int, case m.amname when 'heap' then c.relfilenode::text end
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p' left join pg_catalog.pg_am m on m.oid = c.relam
            where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
            order by n.nspname, c.relname, a.attnum
            """;
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(session, Sql, cancellationToken).ConfigureAwait(false);
        return [.. rows.GroupBy(row => (string)row[0]!, StringComparer.Ordinal).Select(Table).Where(table => table is not null).Select(table => table!)];
    }

    // In these types equal values look equal, and comparing them as they are is much faster.
    private static bool ComparesAsItIs(string type) =>
        type is "smallint" or "integer" or "bigint" or "boolean" or "uuid" or "date" or "bytea" || type.StartsWith("timestamp", StringComparison.Ordinal);

    protected override string CreateKept => "create unlogged table";

    protected override string Differs(string before, string after, string type) =>
        ComparesAsItIs(type) ? $"{before} is distinct from {after}" : $"{before}::text is distinct from {after}::text";

    protected override int KeepingSessions => Math.Clamp(Environment.ProcessorCount, 1, 4);

    /// <summary>
    /// The server counts, in the transaction that does it, every row that is inserted, updated and deleted, by whatever (triggers, cascades, functions), rolled back savepoints included; and it gives a table that
    /// is rewritten or truncated another file node. A count may still hold what an earlier transaction of the session did: then a table is looked at for nothing.
    /// </summary>
    public override async Task<IReadOnlySet<string>?> WrittenAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        const string Sql = """
            select relid::text, pg_catalog.current_setting('track_counts')::boolean from pg_catalog.pg_stat_xact_user_tables where n_tup_ins + n_tup_upd + n_tup_del > 0
            union all select null, pg_catalog.current_setting('track_counts')::boolean
            """;
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(session, Sql, cancellationToken).ConfigureAwait(false);
        return rows.All(row => row[1] is true) ? rows.Select(row => (string?)row[0]).OfType<string>().ToHashSet(StringComparer.Ordinal) : null;
    }

    /// <summary>Rows change only under a lock on their table, which is held to the end of the transaction; only a trigger that waits for the commit could come after the last look.</summary>
    protected override async Task<bool> TracesTellAsync(IDatabaseSession copy, CancellationToken cancellationToken) =>
        await HistoryEngine.ScalarAsync(copy, "select not exists (select from pg_catalog.pg_trigger where not tgisinternal and tgdeferrable)", cancellationToken).ConfigureAwait(false) is true;

    protected override string DiffersAfterWayBack(string before, string after, string oldType) => $"{before}::text is distinct from {after}::text::{oldType}::text";

    protected override string KeyText(string expression, string type, string otherType) => type == otherType && ComparesAsItIs(type) ? expression : $"{expression}::text";

    private static ComparedTable? Table(IGrouping<string, object?[]> rows)
    {
        object?[] first = rows.First();
        string name = (string)first[2]!;
        return name.StartsWith(KeptPrefix, StringComparison.Ordinal) || SchemaScope.BookkeepingTables.Contains(name, StringComparer.Ordinal)
            ? null
            : new ComparedTable(
                $"{Quote((string)first[1]!)}.{Quote(name)}", $"{first[1]}.{name}", rows.Key,
                [.. rows.Select(row => new ComparedColumn(Quote((string)row[4]!), (string)row[4]!, (string)row[5]!, $"{rows.Key}.{row[3]}"))],
                [.. rows.Where(row => (int)row[6]! > 0).OrderBy(row => (int)row[6]!).Select(row => Quote((string)row[4]!))])
            {
                Storage = (string?)first[7],
            };
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
