using Npgsql;

using SafeDb.PostgreSql;
using SafeDb.Providers;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A role that owns a database and may create others, and nothing more: what managed servers give.</summary>
internal sealed class PlainOwner(TestDatabase database)
{
    public string Name { get; } = "own_" + database.Name;

    /// <summary>The database's address for this role.</summary>
    public string Address => AddressOf(database.Name);

    public static async Task<PlainOwner> OfAsync(TestDatabase database)
    {
        var owner = new PlainOwner(database);
        await database.Cluster.ExecuteOnServerAsync($"CREATE ROLE {owner.Name} LOGIN CREATEDB");
        await database.Cluster.ExecuteOnServerAsync($"ALTER DATABASE {database.Name} OWNER TO {owner.Name}");
        return owner;
    }

    public string AddressOf(string name) => $"postgresql://{Name}@127.0.0.1:{database.Cluster.Port}/{name}";

    public RestoreRequest Request(RestoreMode mode) => new(new PostgreSqlProvider().TryParse(Address)!, mode) { Jobs = 2 };

    public Task<NpgsqlConnection> OpenAsync() => OpenAsync(database, Name);

    /// <summary>A session of any role, with a name of its own.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(TestDatabase database, string role, string? application = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Pooling = false, ApplicationName = application };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
