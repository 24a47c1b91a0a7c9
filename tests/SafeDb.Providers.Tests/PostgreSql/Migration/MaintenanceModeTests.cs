using Npgsql;

using SafeDb.Addresses;
using SafeDb.MaintenanceModes;
using SafeDb.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Migration;

/// <summary>Maintenance of a real server: others read and do not write, and what was there before comes back.</summary>
public sealed class MaintenanceModeTests(PostgresCluster cluster)
{
    private readonly PostgreSqlProvider _provider = new();

    [Fact]
    public async Task Others_read_and_do_not_write_until_it_ends()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync("create table t (id int primary key)");
        DatabaseAddress address = _provider.TryParse(database.Address)!;
        var service = new MaintenanceService(_provider, new PostgreSqlMaintenanceMode());
        await using NpgsqlConnection application = await OpenAsync(database);

        MaintenanceState on = await service.EnterAsync(address, Request("first"), stop);
        MaintenanceState again = await service.EnterAsync(address, Request("second"), stop);

        Assert.True(on is { On: true, Enforced: true, SessionsEnded: 1 });
        Assert.Equal("first", again.Reason);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(application, "insert into t values (1)"));
        await using NpgsqlConnection meanwhile = await OpenAsync(database);
        await ExecuteAsync(meanwhile, "select * from t");
        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(meanwhile, "insert into t values (1)"));
        Assert.Equal("25006", refused.SqlState);

        MaintenanceState off = await service.LeaveAsync(address, stop);

        Assert.True(off is { On: false, SessionsEnded: 1 });
        await using NpgsqlConnection after = await OpenAsync(database);
        await ExecuteAsync(after, "insert into t values (1)");
        Assert.Null(await database.ScalarAsync<string>("select setconfig::text from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())"));
    }

    [Fact]
    public async Task A_setting_that_was_there_before_comes_back()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {database.Name} SET default_transaction_read_only = 'off'");
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {database.Name} SET work_mem = '8MB'");
        DatabaseAddress address = _provider.TryParse(database.Address)!;
        var service = new MaintenanceService(_provider, new PostgreSqlMaintenanceMode());

        await service.EnterAsync(address, Request("it's a reason"), stop);
        Assert.Equal("it's a reason", (await service.ReadAsync(address, stop)).Reason);
        await service.LeaveAsync(address, stop);

        string settings = (await database.ScalarAsync<string>("select array_to_string(array(select unnest(setconfig) order by 1), ',') from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database())"))!;
        Assert.Equal("default_transaction_read_only=off,work_mem=8MB", settings);
    }

    private static MaintenanceRequest Request(string reason) => new(reason, "a test", TimeProvider.System.GetUtcNow()) { Drain = TimeSpan.FromMilliseconds(200) };

    private static async Task<NpgsqlConnection> OpenAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = "app", Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
