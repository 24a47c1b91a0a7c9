using Npgsql;

namespace SafeDb.Providers.Tests.PostgreSql;

/// <summary>A database of one test; dropped with its sessions at the end.</summary>
public sealed class TestDatabase(PostgresCluster cluster, string name) : IAsyncDisposable
{
    private readonly Lazy<NpgsqlDataSource> _untyped = new(() =>
    {
        var builder = new NpgsqlDataSourceBuilder(cluster.ConnectionString(name));
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    });

    public string Name => name;

    public PostgresCluster Cluster => cluster;

    public string ConnectionString => cluster.ConnectionString(name);

    /// <summary>The address that a user would give.</summary>
    public string Address => $"postgresql://postgres@127.0.0.1:{cluster.Port}/{name}";

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Opens a connection that does not ask for the database's types: the driver cannot open at all when a long name meets a schema with a dot in its name.</summary>
    public async Task<NpgsqlConnection> OpenWithoutTypesAsync()
    {
        return await _untyped.Value.OpenConnectionAsync();
    }

    /// <summary>Runs statements, all in one simple query.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using NpgsqlConnection connection = await OpenWithoutTypesAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using NpgsqlConnection connection = await OpenWithoutTypesAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is { } value and not DBNull ? (T)value : default;
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        if (_untyped.IsValueCreated)
            await _untyped.Value.DisposeAsync();
    }

    private async Task DropAsync()
    {
        try
        {
            await cluster.ExecuteOnServerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            await DropSubscriptionsAsync();
            await cluster.ExecuteOnServerAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        }
    }

    /// <summary>A database with a subscription cannot be dropped, not even by force.</summary>
    private async Task DropSubscriptionsAsync() => await ExecuteAsync("""
        DO $$
        DECLARE s record;
        BEGIN
          FOR s IN SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database()) LOOP
            EXECUTE format('ALTER SUBSCRIPTION %I DISABLE', s.subname);
            EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', s.subname);
            EXECUTE format('DROP SUBSCRIPTION %I', s.subname);
          END LOOP;
        END $$
        """);
}
