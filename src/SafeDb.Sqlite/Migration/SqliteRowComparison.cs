using SafeDb.Migration.History;
using SafeDb.Migration.Rows;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Sqlite.Migration;

/// <summary>Compares rows in SQLite, storage classes included.</summary>
internal sealed class SqliteRowComparison : RowComparison
{
    protected override async Task<IReadOnlyList<ComparedTable>> TablesAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        // Shadow tables of virtual tables are parts of them and are left out, as is what belongs to SQLite.
        const string Sql = "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' and sql not like 'create virtual%' order by name";
        IReadOnlyList<object?[]> virtuals = await HistoryEngine.QueryAsync(
            session, "select name from sqlite_master where type = 'table' and sql like 'create virtual%'", cancellationToken).ConfigureAwait(false);
        var tables = new List<ComparedTable>();
        foreach (object?[] row in await HistoryEngine.QueryAsync(session, Sql, cancellationToken).ConfigureAwait(false))
        {
            string name = (string)row[0]!;
            if (name.StartsWith(KeptPrefix, StringComparison.Ordinal) || SchemaScope.BookkeepingTables.Contains(name, StringComparer.Ordinal)
                || virtuals.Any(other => name.StartsWith(other[0] + "_", StringComparison.Ordinal)))
            {
                continue;
            }

            IReadOnlyList<object?[]> columns = await HistoryEngine.QueryAsync(
                session, "select name, upper(type), pk from pragma_table_xinfo(@p0) where hidden = 0 order by cid", cancellationToken, name).ConfigureAwait(false);
            tables.Add(new ComparedTable(
                Quote(name), name, "", [.. columns.Select(column => new ComparedColumn(Quote((string)column[0]!), (string)column[0]!, (string)column[1]!, ""))],
                [.. columns.Where(column => (long)column[2]! > 0).OrderBy(column => (long)column[2]!).Select(column => Quote((string)column[0]!))]));
        }

        return tables;
    }

    protected override string Differs(string before, string after, string type) => $"{before} is not {after}";

    protected override string DiffersAfterWayBack(string before, string after, string oldType) =>
        $"(case typeof({before}) when 'integer' then cast({after} as integer) when 'real' then cast({after} as real) when 'text' then cast({after} as text) else {after} end) is not {before}";

    protected override string KeyText(string expression, string type, string otherType) => expression;

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
