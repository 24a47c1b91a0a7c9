using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql;

public sealed class PostgresClusterTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Databases_of_two_tests_do_not_meet()
    {
        await using TestDatabase first = await cluster.CreateDatabaseAsync();
        await using TestDatabase second = await cluster.CreateDatabaseAsync();
        await first.ExecuteAsync("CREATE TABLE only_here (id int)");
        Assert.True(await first.ScalarAsync<bool>("SELECT to_regclass('only_here') IS NOT NULL"));
        Assert.False(await second.ScalarAsync<bool>("SELECT to_regclass('only_here') IS NOT NULL"));
    }

    [Fact]
    public async Task The_oracle_is_the_same_for_the_same_schema()
    {
        await using TestDatabase first = await cluster.CreateDatabaseAsync();
        await using TestDatabase second = await cluster.CreateDatabaseAsync();
        foreach (TestDatabase database in new[] { first, second })
            await database.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY)");
        Assert.Equal(await PgDump.SchemaOnlyAsync(first), await PgDump.SchemaOnlyAsync(second));
        await second.ExecuteAsync("ALTER TABLE t ADD note text");
        Assert.NotEqual(await PgDump.SchemaOnlyAsync(first), await PgDump.SchemaOnlyAsync(second));
    }
}
