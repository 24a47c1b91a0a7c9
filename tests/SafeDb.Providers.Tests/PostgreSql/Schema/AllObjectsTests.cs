using SafeDb.PostgreSql.Schema;
using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

public sealed class AllObjectsTests(PostgresCluster cluster)
{
    [Fact]
    public async Task A_database_of_every_kind_of_object_is_made_again_as_it_was()
    {
        await using TestDatabase source = await CreateAsync();
        await SchemaRoundTrip.AssertEqualAsync(source);
    }

    [Fact]
    public async Task Leaving_out_any_kind_is_noticed()
    {
        await using TestDatabase source = await CreateAsync();
        PostgreSqlSchema schema = await SchemaRoundTrip.ReadAsync(source);
        // These have no row of their own in any catalogue: they are settings of another object.
        string[] parts =
        [
            "owner", "acl", "comment", "security label", "shell type", "domain default", "sequence ownership", "partition", "index partition", "row security", "replica identity",
            "cluster mark", "trigger state", "view placeholder", "function placeholder",
        ];
        foreach (string kind in schema.Schema.Objects.Select(item => item.Kind).Distinct().Except(parts))
        {
            PostgreSqlSchema partial = await SchemaRoundTrip.ReadWithoutAsync(source, kind);
            Assert.True(!partial.Coverage.Complete && partial.Coverage.NotCovered.Count > 0, $"Without the reader of '{kind}' the coverage still says complete.");
        }
    }

    [Fact]
    public async Task Secrets_are_shown_only_when_asked_for()
    {
        await using TestDatabase source = await CreateAsync();
        string hidden = string.Join('\n', (await SchemaRoundTrip.ReadAsync(source, new SchemaReadOptions())).Schema.Objects.Select(item => item.Definition));
        string shown = string.Join('\n', (await SchemaRoundTrip.ReadAsync(source)).Schema.Objects.Select(item => item.Definition));
        Assert.DoesNotContain("secret", hidden, StringComparison.Ordinal);
        Assert.Contains("top secret", shown, StringComparison.Ordinal);
        Assert.Contains("very secret", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_see_everything_is_told_what_is_missing()
    {
        await using TestDatabase source = await CreateAsync();
        await cluster.ExecuteOnServerAsync("DO $$ BEGIN CREATE ROLE safedb_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        await using var connection = new Npgsql.NpgsqlConnection(cluster.ConnectionString(source.Name, "safedb_reader"));
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using Npgsql.NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, TestContext.Current.CancellationToken);
        PostgreSqlSchema schema = await PostgreSqlSchemaReader.ReadAsync(connection, new SchemaReadOptions(), TestContext.Current.CancellationToken);
        Assert.Contains(schema.Coverage.NotCovered, line => line.Contains("pg_subscription", StringComparison.Ordinal));
        Assert.Contains(schema.Coverage.NotCovered, line => line.Contains("on server loopback", StringComparison.Ordinal));
        Assert.Null(schema.Sequences.Single(sequence => sequence.Name == "app.plain").LastValue);
    }

    private async Task<TestDatabase> CreateAsync()
    {
        TestDatabase database = await cluster.CreateDatabaseAsync();
        await cluster.RunToolAsync("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.Name, "-f", Path.Combine(AppContext.BaseDirectory, "PostgreSql", "all-objects.sql"));
        return database;
    }
}
