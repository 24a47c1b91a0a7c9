using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Whether there is a database does not depend on whether it lets anybody in.</summary>
public sealed class DatabaseExistsTests(PostgresCluster cluster)
{
    private readonly PostgreSqlProvider _provider = new();

    [Theory]
    [InlineData("ALTER DATABASE {0} ALLOW_CONNECTIONS false")]
    [InlineData("ALTER DATABASE {0} CONNECTION LIMIT 0")]
    [InlineData("REVOKE CONNECT ON DATABASE {0} FROM PUBLIC")]
    public async Task A_database_that_lets_nobody_in_exists(string closed)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await cluster.ExecuteOnServerAsync($"CREATE ROLE app_{database.Name} LOGIN");
        DatabaseAddress address = AddressOf(cluster, $"app_{database.Name}", database.Name);
        Assert.True(await _provider.ExistsAsync(address, default));
        await cluster.ExecuteOnServerAsync(string.Format(null, closed, database.Name));

        await Assert.ThrowsAsync<SafeDbException>(() => _provider.OpenSessionAsync(address, default));
        Assert.True(await _provider.ExistsAsync(address, default));
        Assert.False(await _provider.ExistsAsync(AddressOf(cluster, $"app_{database.Name}", database.Name + "_not"), default));
    }

    [Fact]
    public async Task Where_nobody_can_tell_the_first_refusal_is_told_and_where_the_list_can_it_is_believed()
    {
        await using var own = new PostgresCluster();
        await using TestDatabase database = await own.CreateDatabaseAsync();
        await own.ExecuteOnServerAsync($"CREATE ROLE app LOGIN; CREATE ROLE barred LOGIN; ALTER DATABASE {database.Name} CONNECTION LIMIT 0");
        string rules = (await database.ScalarAsync<string>("SHOW hba_file"))!;
        await File.WriteAllTextAsync(rules, $"host {database.Name}_not barred all reject\nhost {database.Name} barred all reject\n" + await File.ReadAllTextAsync(rules));
        await own.ExecuteOnServerAsync("SELECT pg_reload_conf()");
        DatabaseAddress barred = AddressOf(own, "barred", database.Name);
        while (await Record.ExceptionAsync(() => _provider.OpenSessionAsync(barred, default)) is SafeDbException { Error.EngineCode: not "28000" })
            await Task.Delay(50);

        Assert.True(await _provider.ExistsAsync(barred, default));
        Assert.False(await _provider.ExistsAsync(AddressOf(own, "barred", database.Name + "_not"), default));

        await own.ExecuteOnServerAsync("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC");
        Assert.True(await _provider.ExistsAsync(AddressOf(own, "postgres", database.Name), default));
        SafeDbException full = await Assert.ThrowsAsync<SafeDbException>(() => _provider.ExistsAsync(AddressOf(own, "app", database.Name), default));
        Assert.Equal("PostgreSql.TooManyConnections", full.Id);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_no_missing_database()
    {
        SafeDbException lost = await Assert.ThrowsAsync<SafeDbException>(() => _provider.ExistsAsync(_provider.TryParse("postgresql://app@127.0.0.1:1/shop")!, default));
        Assert.Equal("PostgreSql.Unreachable", lost.Id);
    }

    [Fact]
    public async Task A_replaced_database_that_took_no_connections_takes_none_afterwards()
    {
        await using TestDatabase live = await cluster.CreateDatabaseAsync();
        await live.ExecuteAsync("CREATE TABLE t (note text); INSERT INTO t VALUES ('x')");
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {live.Name} ALLOW_CONNECTIONS false");
        var messages = new Messages();
        await using IRestoreTarget target = await Drill.RestoreAsync(archive, Drill.Into(live, live.Name, RestoreMode.Replace) with { Observer = messages });
        await Drill.AssertEqualAsync(archive.Manifest, target);

        await using TestDatabase old = new(cluster, (await target.CommitAsync(default)).Previous!);

        Assert.Contains(messages.Warnings, text => text.Contains("still takes no connections", StringComparison.Ordinal));
        Assert.Equal("55000", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => live.ExecuteAsync("SELECT 1"))).SqlState);
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {live.Name} ALLOW_CONNECTIONS true");
        Assert.Equal("x", await live.ScalarAsync<string>("SELECT note FROM t"));
    }

    private DatabaseAddress AddressOf(PostgresCluster server, string user, string database) => _provider.TryParse($"postgresql://{user}@127.0.0.1:{server.Port}/{database}")!;
}
