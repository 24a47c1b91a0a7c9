using System.Data.Common;
using System.Diagnostics;
using System.Globalization;

using Npgsql;

using SafeDb.Addresses;
using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Schema;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Sessions;

/// <summary>One session on a PostgreSQL server.</summary>
internal sealed class PostgreSqlSession : IDatabaseSession
{
    private readonly ServerConnections _connections;
    private readonly NpgsqlConnection _connection;

    private PostgreSqlSession(ServerConnections connections, NpgsqlConnection connection, EngineInfo engine)
    {
        _connections = connections;
        _connection = connection;
        Engine = engine;
    }

    /// <inheritdoc/>
    public DbConnection Connection => _connection;

    /// <inheritdoc/>
    public EngineInfo Engine { get; }

    /// <summary>Opens a session.</summary>
    public static async Task<PostgreSqlSession> OpenAsync(DatabaseAddress address, CancellationToken cancellationToken)
    {
        var connections = new ServerConnections(address);
        try
        {
            NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Session, cancellationToken).ConfigureAwait(false);
            return new PostgreSqlSession(connections, connection, await EngineFacts.ReadAsync(connection, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await connections.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<StatementOutcome> ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            using NpgsqlBatch batch = _connection.CreateBatch();
            NpgsqlBatchCommand statement = ConnectionQueries.Exactly(sql);
            batch.BatchCommands.Add(statement);
            NpgsqlDataReader reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                // A statement with a result set may fail at any of its rows: it counts as done when all were read.
                do
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                    }
                }
                while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));
            }

            return new StatementOutcome(Affected(statement), Stopwatch.GetElapsedTime(started));
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, sql, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<TransactionState> GetTransactionStateAsync(CancellationToken cancellationToken)
    {
        try
        {
            NpgsqlTransaction probe = await _connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await probe.RollbackAsync(cancellationToken).ConfigureAwait(false);
            await probe.DisposeAsync().ConfigureAwait(false);
            return TransactionState.None;
        }
        catch (InvalidOperationException) when (_connection.State == System.Data.ConnectionState.Open)
        {
            // The driver keeps the state that the server sends with every answer, and refuses to nest.
            return await ProbeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<IAsyncDisposable?> TryLockAsync(string name, CancellationToken cancellationToken) => AdvisoryLock.TryTakeAsync(_connections, name, cancellationToken);

    /// <inheritdoc/>
    public Exception Translate(Exception failure, CancellationToken cancellationToken) => ErrorTranslator.Translate(failure, null, cancellationToken);

    /// <inheritdoc/>
    public async Task<DatabaseSchema> ReadSchemaAsync(CancellationToken cancellationToken)
    {
        string settings = await SessionSettings.ReadingAsync(_connection, cancellationToken).ConfigureAwait(false);
        bool inside = await GetTransactionStateAsync(cancellationToken).ConfigureAwait(false) != TransactionState.None;
        await _connection.ExecuteAsync(inside ? "SAVEPOINT safedb_schema" : "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancellationToken).ConfigureAwait(false);
        try
        {
            await _connection.ExecuteAsync(settings, cancellationToken).ConfigureAwait(false);
            PostgreSqlSchema schema = await PostgreSqlSchemaReader.ReadAsync(_connection, new SchemaReadOptions(), cancellationToken).ConfigureAwait(false);
            return schema.Schema;
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
        finally
        {
            // Back to the settings of before in either case.
            if (_connection.State == System.Data.ConnectionState.Open)
            {
                await _connection.ExecuteAsync(inside ? "ROLLBACK TO SAVEPOINT safedb_schema" : "ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        await _connections.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<TransactionState> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using NpgsqlCommand command = new("SELECT 1", _connection);
            await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return TransactionState.Open;
        }
        catch (PostgresException failed) when (failed.SqlState == PostgresErrorCodes.InFailedSqlTransaction)
        {
            return TransactionState.Failed;
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
    }

    private static long Affected(NpgsqlBatchCommand statement) => statement.StatementType switch
    {
        StatementType.Insert or StatementType.Update or StatementType.Delete or StatementType.Merge or StatementType.Copy or StatementType.CreateTableAs
            => checked((long)statement.Rows),
        _ => -1,
    };
}

/// <summary>Reads what a server says of itself.</summary>
internal static class EngineFacts
{
    public static async Task<EngineInfo> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> rows = await connection.RowsAsync(
            "SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.current_setting('server_version')", cancellationToken).ConfigureAwait(false);
        return new EngineInfo(int.Parse(rows[0][0]!, CultureInfo.InvariantCulture), rows[0][1]!, TransactionalDdl: true);
    }
}
