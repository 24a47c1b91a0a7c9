using SafeDb.Backup;
using SafeDb.Errors;
using SafeDb.Providers.Tests.PostgreSql.Data;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

/// <summary>Schemas made at random, with some rows, go through backup, archive, restore and comparison; then pg_dump is asked too. SAFEDB_LONG_TESTS=1 tries 2,000 of them, a hundred in a test; SAFEDB_SEED=n tries that one alone, with SAFEDB_SCHEMAS=m that one and those that follow.</summary>
public sealed class RandomSchemaTests(PostgresCluster cluster)
{
    private const int FirstSeed = 1000;
    private const int PerTest = 100;
    private const int Sample = 6;

    /// <summary>First seed and number of schemas.</summary>
    public static TheoryData<int, int> Seeds()
    {
        if (Environment.GetEnvironmentVariable("SAFEDB_SEED") is { Length: > 0 } seed)
            return new TheoryData<int, int> { { Number(seed), Number(Environment.GetEnvironmentVariable("SAFEDB_SCHEMAS") ?? "1") } };
        if (!LongTests.Enabled)
            return new TheoryData<int, int> { { FirstSeed, Sample } };
        return [.. Enumerable.Range(0, 2000 / PerTest).Select(index => (FirstSeed + (index * PerTest), PerTest))];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Random_schemas_survive_backup_and_restore(int first, int count)
    {
        await cluster.ExecuteOnServerAsync("DO $$ DECLARE r text; BEGIN FOREACH r IN ARRAY ARRAY['safedb_alice', 'safedb_bob'] LOOP BEGIN EXECUTE format('CREATE ROLE %I', r); EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END; END LOOP; END $$");
        using var trip = new ArchiveRoundTrip();
        var failures = new List<string>();
        (long objects, long rows) = (0, 0);
        foreach (int current in Enumerable.Range(first, count))
        {
            await using TestDatabase source = await cluster.CreateDatabaseAsync();
            await using var restored = new TestDatabase(cluster, source.Name + "_r");
            await RunAsync(source, new RandomSchema(current).Script());
            try
            {
                BackupInfo backup = await trip.BackupAsync(source);
                await trip.RestoreAsync(backup, restored);
                SchemaRoundTrip.AssertSameDump(await PgDump.SchemaOnlyAsync(source), await PgDump.SchemaOnlyAsync(restored));
                Assert.Equal(await RowsAsync(source), await RowsAsync(restored));
                rows += backup.Rows ?? 0;
                objects += await source.ScalarAsync<long>("SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'p', 'v', 'm', 'i')");
            }
            catch (Exception exception) when (exception is Xunit.Sdk.XunitException or InvalidOperationException or Npgsql.PostgresException or SafeDbException)
            {
                failures.Add($"SAFEDB_SEED={current}: {exception.Message}");
                TestContext.Current.TestOutputHelper?.WriteLine(failures[^1]);
            }

            if ((current - first) % PerTest == PerTest - 1)
                TestContext.Current.TestOutputHelper?.WriteLine($"{current - first + 1} schemas, {failures.Count} failed.");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{count - failures.Count} of {count} schemas from seed {first} on: {objects} objects, {rows} rows.");
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} failed.\n{string.Join("\n\n", failures.Take(5))}");
        Assert.True(objects > count && rows > 2 * count, $"The generator made next to nothing ({objects} objects, {rows} rows): its statements do not work any more.");
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The rows of all tables and materialized views, without their order. Columns by name: as with pg_dump, a column that was inherited late has another place in the copy.</summary>
    private static async Task<string> RowsAsync(TestDatabase database)
    {
        string? copies = await database.ScalarAsync<string>("""
            SELECT string_agg(format('COPY (SELECT %L, %s FROM ONLY %I.%I) TO STDOUT;', nspname || '.' || relname, columns, nspname, relname), E'\n') FROM (
              SELECT n.nspname, c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C") AS columns
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              WHERE c.oid >= 16384 AND c.relkind IN ('r', 'm') AND (c.relkind = 'r' OR c.relispopulated) AND n.nspname NOT LIKE 'pg\_%' GROUP BY 1, 2) t
            """);
        return string.Join('\n', (await RunAsync(database, copies ?? "")).Split('\n').Order(StringComparer.Ordinal));
    }

    /// <summary>Statements that the server refuses are passed over.</summary>
    private static async Task<string> RunAsync(TestDatabase database, string script)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{database.Name}.source.sql");
        try
        {
            await File.WriteAllTextAsync(file, script, TestContext.Current.CancellationToken);
            return await database.Cluster.RunToolAsync("psql", "-X", "-q", "-d", database.Name, "-f", file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
