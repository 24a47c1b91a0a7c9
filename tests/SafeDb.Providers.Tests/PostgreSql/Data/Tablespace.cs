using Npgsql;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A tablespace in the cluster's own folder, with a name that must be quoted.</summary>
internal sealed class Tablespace(PostgresCluster cluster, string name) : IAsyncDisposable
{
    public string Name => name;

    public static async Task<Tablespace> CreateAsync(PostgresCluster cluster)
    {
        var made = new Tablespace(cluster, $"Fast {Guid.NewGuid():N}");
        await cluster.ExecuteOnServerAsync("SELECT 1");
        await using var connection = new NpgsqlConnection(cluster.ConnectionString("postgres"));
        await connection.OpenAsync();
        await using (var allow = new NpgsqlCommand("SET allow_in_place_tablespaces = on", connection))
            await allow.ExecuteNonQueryAsync();
        await using var create = new NpgsqlCommand($"CREATE TABLESPACE \"{made.Name}\" LOCATION ''", connection);
        await create.ExecuteNonQueryAsync();
        return made;
    }

    public async Task TakeAsync(TestDatabase database)
    {
        NpgsqlConnection.ClearAllPools();
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {database.Name} SET TABLESPACE \"{name}\"");
    }

    public async ValueTask DisposeAsync() => await cluster.ExecuteOnServerAsync($"DROP TABLESPACE \"{name}\"");
}
