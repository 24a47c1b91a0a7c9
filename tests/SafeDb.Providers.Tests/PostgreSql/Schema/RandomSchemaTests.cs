using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

/// <summary>Schemas made at random. SAFEDB_LONG_TESTS=1 tries 2,000 of them, a hundred in a test; SAFEDB_SEED=n tries that one alone.</summary>
public sealed class RandomSchemaTests(PostgresCluster cluster)
{
    private const int FirstSeed = 1000;
    private const int PerTest = 100;

    /// <summary>First seed and number of schemas.</summary>
    public static TheoryData<int, int> Seeds()
    {
        if (Environment.GetEnvironmentVariable("SAFEDB_SEED") is { Length: > 0 } seed)
            return new TheoryData<int, int> { { Number(seed), 1 } };
        if (!LongTests.Enabled)
            return new TheoryData<int, int> { { FirstSeed, Number(Environment.GetEnvironmentVariable("SAFEDB_SCHEMAS") ?? "40") } };
        return [.. Enumerable.Range(0, 2000 / PerTest).Select(index => (FirstSeed + (index * PerTest), PerTest))];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Random_schemas_are_made_again_as_they_were(int first, int count)
    {
        await cluster.ExecuteOnServerAsync("DO $$ DECLARE r text; BEGIN FOREACH r IN ARRAY ARRAY['safedb_alice', 'safedb_bob'] LOOP BEGIN EXECUTE format('CREATE ROLE %I', r); EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END; END LOOP; END $$");
        var failures = new List<string>();
        long objects = 0;
        foreach (int current in Enumerable.Range(first, count))
        {
            await using TestDatabase source = await cluster.CreateDatabaseAsync();
            await RunAsync(source, new RandomSchema(current).Script());
            objects += await source.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'i')");
            try
            {
                await SchemaRoundTrip.AssertEqualAsync(source);
            }
            catch (Exception exception) when (exception is Xunit.Sdk.XunitException or InvalidOperationException or Npgsql.PostgresException)
            {
                failures.Add($"SAFEDB_SEED={current}: {exception.Message}");
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {count} failed.\n{string.Join("\n\n", failures.Take(5))}");
        Assert.True(objects > count, "The generator made next to nothing: its statements do not work any more.");
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Statements that the server refuses are passed over.</summary>
    private static async Task RunAsync(TestDatabase database, string script)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{database.Name}.source.sql");
        try
        {
            await File.WriteAllTextAsync(file, script, TestContext.Current.CancellationToken);
            await database.Cluster.RunToolAsync("psql", "-X", "-q", "-d", database.Name, "-f", file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
