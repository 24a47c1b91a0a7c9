using System.Globalization;
using System.Text;

using Npgsql;

using SafeDb.PostgreSql.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

public sealed class ExtensionTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Every_extension_that_the_server_has_comes_back()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        var names = new List<string>();
        await using (NpgsqlConnection connection = await source.OpenAsync())
        {
            await using (var command = new NpgsqlCommand("SELECT name FROM pg_available_extensions WHERE installed_version IS NULL ORDER BY name", connection))
            await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
            {
                while (await reader.ReadAsync(TestContext.Current.CancellationToken))
                    names.Add(reader.GetString(0));
            }

            await new NpgsqlCommand("CREATE SCHEMA \"Ext s\"", connection).ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            names.RemoveAll(name => !TryCreate(connection, name));
        }

        Assert.SkipWhen(names.Count == 0, "The server has no extensions to try.");
        PostgreSqlSchema schema = await SchemaRoundTrip.ReadAsync(source);
        Assert.Subset(schema.Extensions.Select(extension => extension.Name).ToHashSet(StringComparer.Ordinal), names.ToHashSet(StringComparer.Ordinal));
        // Nothing but extensions: none of their members is taken for the user's.
        Assert.Empty(schema.Schema.Objects.Where(item => item.Kind is not ("extension" or "schema" or "owner" or "comment" or "acl")).Select(item => item.Key));
        await SchemaRoundTrip.AssertEqualAsync(source);
    }

    [Fact]
    public async Task Wide_tables_and_deep_views_come_back()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        var script = new StringBuilder("CREATE TABLE wide (");
        script.AppendJoin(", ", Enumerable.Range(0, 1600).Select(number => string.Create(CultureInfo.InvariantCulture, $"c{number} bool"))).Append("); CREATE VIEW v0 AS SELECT c0, c1599 FROM wide;");
        for (int number = 1; number < 300; number++)
            script.Append(CultureInfo.InvariantCulture, $"CREATE VIEW v{number} AS SELECT c0, c1599 FROM v{number - 1};");
        await source.ExecuteAsync(script.ToString());
        await SchemaRoundTrip.AssertEqualAsync(source);
    }

    [Fact]
    public async Task A_database_without_public_and_plpgsql_comes_back_without_them()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("DROP SCHEMA public; DROP EXTENSION plpgsql; CREATE SCHEMA other; CREATE TABLE other.t (id int)");
        await SchemaRoundTrip.AssertEqualAsync(source);
    }

    private static bool TryCreate(NpgsqlConnection connection, string name)
    {
        try
        {
            new NpgsqlCommand($"CREATE EXTENSION \"{name}\" SCHEMA \"Ext s\" CASCADE", connection).ExecuteNonQuery();
            return true;
        }
        catch (PostgresException)
        {
            try
            {
                // Some insist on a schema of their own.
                new NpgsqlCommand($"CREATE EXTENSION \"{name}\" CASCADE", connection).ExecuteNonQuery();
                return true;
            }
            catch (PostgresException)
            {
                return false;
            }
        }
    }
}
