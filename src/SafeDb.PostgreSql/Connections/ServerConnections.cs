using System.Globalization;

using Npgsql;

using SafeDb.Addresses;

namespace SafeDb.PostgreSql.Connections;

/// <summary>What a connection is for.</summary>
internal enum ConnectionUse
{
    /// <summary>Statements and catalogue queries.</summary>
    Statements,

    /// <summary>Rows in bulk.</summary>
    Rows,

    /// <summary>A session that is given to others, who may read values of the database's own types (enums, composites).</summary>
    Session,
}

/// <summary>
/// Opens connections to one database. Never pooled by the driver: a session's settings, snapshot and locks must end with it, and a database that is to be renamed
/// or dropped must have no idle session left.
/// </summary>
internal sealed class ServerConnections : IAsyncDisposable
{
    private readonly NpgsqlDataSource _statements;
    private readonly NpgsqlDataSource _rows;
    private readonly Lazy<NpgsqlDataSource> _typed;

    public ServerConnections(DatabaseAddress address)
    {
        Address = address;
        _statements = Source(address, ConnectionUse.Statements, types: false);
        _rows = Source(address, ConnectionUse.Rows, types: false);
        _typed = new Lazy<NpgsqlDataSource>(() => Source(address, ConnectionUse.Statements, types: true));
    }

    /// <summary>The database.</summary>
    public DatabaseAddress Address { get; }

    /// <summary>Opens a connection and checks that the server is one that SafeDb supports.</summary>
    public async Task<NpgsqlConnection> OpenAsync(ConnectionUse use, CancellationToken cancellationToken)
    {
        if (use != ConnectionUse.Session)
        {
            return await OpenAsync(use == ConnectionUse.Rows ? _rows : _statements, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            return await OpenAsync(_typed.Value, cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // Names that the driver cannot take apart (a schema with a dot in its name before a long type name) make its list of types fail: then without the list.
            return await OpenAsync(_statements, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _statements.DisposeAsync().ConfigureAwait(false);
        await _rows.DisposeAsync().ConfigureAwait(false);
        if (_typed.IsValueCreated)
        {
            await _typed.Value.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = source.CreateConnection();
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection.PostgreSqlVersion.Major >= 12 ? connection : throw PostgreSqlErrors.ServerTooOld.Exception(connection.PostgreSqlVersion);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
    }

    // Without the list of the database's types an unusual name cannot keep a backup from its data, and opening costs no extra queries. SafeDb's own queries give built-in types only.
    private static NpgsqlDataSource Source(DatabaseAddress address, ConnectionUse use, bool types)
    {
        var builder = new NpgsqlDataSourceBuilder(Settings(address, use).ConnectionString);
        builder.ConfigureTypeLoading(loading => loading.EnableTypeLoading(types));
        return builder.Build();
    }

    private static NpgsqlConnectionStringBuilder Settings(DatabaseAddress address, ConnectionUse use)
    {
        var settings = new NpgsqlConnectionStringBuilder(address.GetConnectionString())
        {
            Pooling = false,
            Multiplexing = false,
            Enlist = false,
            CommandTimeout = 0,
            CancellationTimeout = 5_000,
            MaxAutoPrepare = 0,
            IncludeErrorDetail = false,
            ClientEncoding = "UTF8",
            Encoding = "UTF8",
        };
        settings.TcpKeepAlive = true;
        settings.ApplicationName ??= "SafeDb";
        if (use == ConnectionUse.Rows)
        {
            // The server sends rows in small messages; a large buffer takes many of them in one system call.
            settings.ReadBufferSize = 256 * 1024;
            settings.WriteBufferSize = 64 * 1024;
        }

        return settings;
    }
}

/// <summary>Short statements on a connection.</summary>
internal static class ConnectionQueries
{
    /// <summary>Runs statements without result.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        try
        {
            using NpgsqlCommand command = new(sql, connection);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, sql, cancellationToken);
        }
    }

    /// <summary>Runs definitions, each statement exactly as written, in one go and in one transaction.</summary>
    public static async Task ExecuteDefinitionAsync(this NpgsqlConnection connection, string definition, CancellationToken cancellationToken)
    {
        try
        {
            using NpgsqlBatch batch = connection.CreateBatch();
            foreach (string statement in StatementSplitter.Split(definition))
            {
                batch.BatchCommands.Add(Exactly(statement));
            }

            if (batch.BatchCommands.Count > 0)
            {
                await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, definition, cancellationToken);
        }
    }

    /// <summary>
    /// A statement that the driver sends as it stands. It rewrites and cuts the text of every command without parameters, and of those with named ones; with a
    /// parameter by position it keeps its hands off. The server takes a declared parameter that no statement uses, but in a failed transaction it takes none:
    /// what begins or ends transactions goes without, and has nothing in it to rewrite.
    /// </summary>
    public static NpgsqlBatchCommand Exactly(string statement)
    {
        var command = new NpgsqlBatchCommand(statement);
        if (StatementSplitter.FirstWord(statement) is not ("BEGIN" or "START" or "COMMIT" or "END" or "ROLLBACK" or "ABORT" or "SAVEPOINT" or "RELEASE" or "PREPARE"))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 0 });
        }

        return command;
    }

    /// <summary>The one value that a query gives, as text; null for NULL or no row.</summary>
    public static async Task<string?> ScalarAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        IReadOnlyList<string?[]> rows = await connection.RowsAsync(sql, cancellationToken, parameters).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0][0];
    }

    /// <summary>Whether a query gives true.</summary>
    public static async Task<bool> TestAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters) =>
        string.Equals(await connection.ScalarAsync(sql, cancellationToken, parameters).ConfigureAwait(false), bool.TrueString, StringComparison.OrdinalIgnoreCase);

    /// <summary>The rows of a query, each value as text in the invariant culture.</summary>
    public static async Task<IReadOnlyList<string?[]>> RowsAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        try
        {
            using NpgsqlCommand command = new(sql, connection);
            foreach (object parameter in parameters)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = parameter });
            }

            var rows = new List<string?[]>();
            NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var readerScope = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                string?[] row = new string?[reader.FieldCount];
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] = reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture);
                }

                rows.Add(row);
            }

            return rows;
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, sql, cancellationToken);
        }
    }
}
