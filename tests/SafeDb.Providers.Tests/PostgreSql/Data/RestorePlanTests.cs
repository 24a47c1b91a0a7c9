using Npgsql;

using SafeDb.Errors;
using SafeDb.Restore;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>What a restore says of itself before it is confirmed: all that it takes, restores and ends.</summary>
public sealed class RestorePlanTests(PostgresCluster cluster)
{
    [Fact]
    public async Task A_replacement_tells_of_the_safety_backup_and_of_the_sessions_that_end()
    {
        await using TestDatabase live = await LiveAsync();
        using var trip = new ArchiveRoundTrip();
        BackupInfo backup = await trip.BackupAsync(live);
        await using NpgsqlConnection one = await PlainOwner.OpenAsync(live, "postgres");
        await using NpgsqlConnection two = await PlainOwner.OpenAsync(live, "postgres");
        var command = new RestoreCommand(backup.Backup, trip.Resolve(live)) { Overwrite = true };

        string[] lines = await LinesAsync(trip, command);
        string[] without = await LinesAsync(trip, command with { NoSafetyBackup = true });

        string name = trip.Resolve(live).Address.Display;
        Assert.StartsWith($"Replace {name} by the backup of ", lines[0], StringComparison.Ordinal);
        Assert.Equal([$"A safety backup of {name} is taken first, to {Path.GetDirectoryName(backup.Backup)}", $"2 sessions of others in {live.Name} are ended"], lines[1..]);
        Assert.Equal($"No safety backup of {name} is taken", without[1]);
        Assert.Equal(2L, await live.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE pid IN ({one.ProcessID}, {two.ProcessID})"));
    }

    [Fact]
    public async Task A_restore_of_some_tables_names_them_and_a_partitioned_one_instead_of_its_partitions()
    {
        await using TestDatabase source = await LiveAsync();
        using var trip = new ArchiveRoundTrip();
        BackupInfo backup = await trip.BackupAsync(source);
        await using var into = new TestDatabase(cluster, source.Name + "_into");
        var command = new RestoreCommand(backup.Backup, trip.Resolve(into));

        Assert.Equal("The definitions of everything, and the rows of public.p, public.t", (await LinesAsync(trip, command with { Tables = ["t", "p"] }))[1]);
        Assert.Equal("The definitions of everything, and the rows of public.p1", (await LinesAsync(trip, command with { Tables = ["p1"] }))[1]);
        Assert.Equal("Definitions without rows", (await LinesAsync(trip, command with { SchemaOnly = true }))[1]);
        Assert.Single(await LinesAsync(trip, command));
    }

    [Fact]
    public async Task The_result_says_how_much_of_the_database_it_holds_in_the_words_of_the_backup()
    {
        await using TestDatabase source = await LiveAsync();
        using var trip = new ArchiveRoundTrip();
        BackupInfo whole = await trip.BackupAsync(source);
        BackupInfo filtered = await trip.BackupAsync(source, new() { ExcludeTables = ["u"] });
        RestoreResult[] results =
        [
            await IntoAsync(whole, [], schemaOnly: false), await IntoAsync(filtered, [], schemaOnly: false), await IntoAsync(whole, ["t"], schemaOnly: false), await IntoAsync(filtered, ["t"], schemaOnly: true),
        ];

        Assert.Equal(["Complete", "Filtered", "Filtered", "Filtered"], results.Select(result => result.Coverage));
        Assert.Empty(results[0].Filters);
        Assert.Empty(results[0].NotCovered);
        Assert.Equal((filtered.Filters, filtered.NotCovered), (results[1].Filters, results[1].NotCovered), Sequences);
        Assert.Equal(["only tables t"], results[2].Filters);
        Assert.Equal(["the rows of public.p (not among the tables asked for)", "the rows of public.u (not among the tables asked for)"], results[2].NotCovered);
        Assert.Equal(["without tables u", "definitions without rows", "only tables t"], results[3].Filters);
        Assert.Equal(["the rows of public.u (without tables u)", "the rows of every table (definitions without rows)"], results[3].NotCovered);

        async Task<RestoreResult> IntoAsync(BackupInfo backup, string[] tables, bool schemaOnly)
        {
            await using var into = new TestDatabase(cluster, source.Name + "_into");
            return await trip.RestoreAsync(new RestoreCommand(backup.Backup, trip.Resolve(into)) { Tables = tables, SchemaOnly = schemaOnly, Jobs = 2 });
        }
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_answered_with_the_most_similar_ones_partitioned_ones_before_their_partitions()
    {
        await using TestDatabase source = await LiveAsync();
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        var backwards = archive.Manifest with { Tables = [.. archive.Manifest.Tables.Reverse()] };

        foreach (Archive.ArchiveManifest manifest in new[] { archive.Manifest, backwards })
            Assert.EndsWith("It has public.p, public.t, public.u, public.p1, public.p2.", Assert.Throws<SafeDbException>(() => TableSelection.Select(manifest, ["p3"])).Message, StringComparison.Ordinal);
    }

    private static bool Sequences((IReadOnlyList<string> A, IReadOnlyList<string> B) one, (IReadOnlyList<string> A, IReadOnlyList<string> B) other) => one.A.SequenceEqual(other.A) && one.B.SequenceEqual(other.B);

    private static async Task<string[]> LinesAsync(ArchiveRoundTrip trip, RestoreCommand command) =>
        [.. (await new RestoreService(trip.Engine).PlanAsync(command, trip.Keys, default)).Text.Split('\n').Select(line => line.Trim())];

    private async Task<TestDatabase> LiveAsync()
    {
        TestDatabase live = await cluster.CreateDatabaseAsync();
        await live.ExecuteAsync("""
            CREATE TABLE t (note text); INSERT INTO t VALUES ('x'); CREATE TABLE u (id int);
            CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20); INSERT INTO p VALUES (1), (11)
            """);
        return live;
    }
}
