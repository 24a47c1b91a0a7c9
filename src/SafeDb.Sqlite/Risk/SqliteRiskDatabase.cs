using Microsoft.Data.Sqlite;

using SafeDb.Addresses;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Schema;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

using SQLitePCL;

namespace SafeDb.Sqlite.Risk;

/// <summary>Asks a SQLite database for its schema, sizes and the rows that findings are about.</summary>
public sealed class SqliteRiskDatabase : IRiskDatabase
{
    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.Sqlite;

    /// <inheritdoc/>
    public async Task<ICatalogFacts> ReadFactsAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)session.Connection;

        // Tables before what depends on them. Indexes that SQLite makes itself have no text, and its own tables are none of the migration's.
        List<string> definitions = await TextsAsync(connection,
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, rowid",
            cancellationToken).ConfigureAwait(false);
        var model = new SqliteModel();
        definitions.ForEach(sql => model.Apply(SqliteParser.Parse(sql), sql, isNew: false));
        var facts = new Dictionary<string, RelationFacts>(StringComparer.Ordinal);
        foreach (SqliteTable table in model.Tables)
        {
            facts[table.Name.ToLowerInvariant()] = FactsOf(model, table, await EstimateAsync(connection, table, cancellationToken).ConfigureAwait(false));
        }

        return new SqliteCatalogFacts(definitions, facts);
    }

    /// <inheritdoc/>
    public async Task<long?> CountAsync(IDatabaseSession session, RiskProbe probe, TimeSpan limit, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)session.Connection;
        sqlite3? handle = connection.Handle;
        await RunAsync(connection, "PRAGMA query_only=ON", cancellationToken).ConfigureAwait(false);
        try
        {
            // SQLite has no statement timeout: a timer interrupts the query, and so does the caller.
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(limit);
            using CancellationTokenRegistration registration = timeout.Token.Register(() => raw.sqlite3_interrupt(handle));
            return await Task.Run(() => Count(connection, probe.Sql), CancellationToken.None).ConfigureAwait(false);
        }
        catch (SqliteException)
        {
            // Interrupted, or the query does not fit what is in the database (a column that only the migration makes): no answer.
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
        finally
        {
            await RunAsync(connection, "PRAGMA query_only=OFF", CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static long? Count(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long count ? count : null;
    }

    private static RelationFacts FactsOf(SqliteModel model, SqliteTable table, long rows)
    {
        string key = table.Name.ToLowerInvariant();
        return new RelationFacts(table.Name, "table", rows, -1)
        {
            Columns = [.. table.Definition.Columns.Select(column => new SchemaColumn(column.Name, column.Type, column.NotNull) { Default = column.Default, Generated = column.Generated is not null })],
            Indexes = model.Indexes.Where(index => index.Table == key).ToDictionary(index => index.Name, index => index.Sql, StringComparer.Ordinal),
            ReferencedBy = [.. model.ChildrenOf(key).Select(item => item.Child.Name).Distinct(StringComparer.Ordinal)],
            References = [.. table.ForeignKeys.Select(item => item.Parent).Distinct(StringComparer.OrdinalIgnoreCase)],
            Dependents = [.. model.ViewsOn(key).Select(view => view.Name).Concat(model.Triggers.Where(trigger => trigger.Table == key).Select(trigger => trigger.Name))],
        };
    }

    // The highest rowid is found at once and is never below the count of an ordinary table (except for negative ids).
    private static async Task<long> EstimateAsync(SqliteConnection connection, SqliteTable table, CancellationToken cancellationToken)
    {
        if (table.IsVirtual || table.Definition.WithoutRowid)
        {
            return -1;
        }

        SqliteCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = $"SELECT coalesce(max(rowid), 0) FROM {TableEdit.Quote(table.Name)}";
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long rows ? rows : -1;
        }
    }

    private static async Task<List<string>> TextsAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        SqliteCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = sql;
            var texts = new List<string>();
            SqliteDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    texts.Add(reader.GetString(0));
                }
            }

            return texts;
        }
    }

    private static async Task RunAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        SqliteCommand command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = sql;
            _ = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
