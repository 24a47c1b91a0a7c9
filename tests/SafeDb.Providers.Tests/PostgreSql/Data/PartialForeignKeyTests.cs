using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Before version 18 a partitioned table takes no foreign key that is not validated.</summary>
public sealed class PartialForeignKeyTests(PostgresCluster cluster)
{
    [Fact]
    public async Task A_partitioned_table_without_rows_keeps_its_foreign_key()
    {
        await using TestDatabase source = await SourceAsync();
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 2, Scope = new() { SchemaOnly = true } });
        var messages = new Messages();

        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source) with { Observer = messages });

        await Drill.AssertEqualAsync(archive.Manifest, copy);
        Assert.Empty(messages.Warnings);
        Assert.Equal(1L, await KeysAsync(copy));
    }

    [Fact]
    public async Task Rows_whose_referenced_ones_are_not_restored_go_without_it_and_that_is_said()
    {
        await using TestDatabase source = await SourceAsync();
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 2, Scope = new() { ExcludeTables = ["c"] } });
        var messages = new Messages();

        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source) with { Observer = messages });

        await Drill.AssertEqualAsync(archive.Manifest, copy);
        string warning = Assert.Single(messages.Warnings, text => text.Contains("p_c_fkey was left out", StringComparison.Ordinal));
        Assert.Equal(0L, await KeysAsync(copy));

        // What the warning says to do does it.
        string later = warning[(warning.IndexOf("When they are there: ", StringComparison.Ordinal) + 21)..];
        await using (var restored = new TestDatabase(cluster, copy.Copy.DatabaseName))
        {
            await restored.ExecuteAsync($"INSERT INTO c VALUES (1); {later}");
            Assert.Equal("FOREIGN KEY (c) REFERENCES c(id)", await restored.ScalarAsync<string>("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'p_c_fkey' AND convalidated"));
        }
    }

    [Fact]
    public async Task One_that_is_left_unvalidated_is_told_with_the_statement_that_validates_it()
    {
        await using TestDatabase source = await SourceAsync();
        await source.ExecuteAsync("CREATE TABLE \"Plain\" (c int CONSTRAINT \"Its key\" REFERENCES c); INSERT INTO \"Plain\" VALUES (1)");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 2, Scope = new() { ExcludeTables = ["c"] } });
        var messages = new Messages();

        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source) with { Observer = messages });

        Assert.Contains(messages.Warnings, text => text.EndsWith("When they are there: ALTER TABLE public.\"Plain\" VALIDATE CONSTRAINT \"Its key\";", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_left_out_does_not_count_as_compared()
    {
        await using TestDatabase source = await SourceAsync();
        using var trip = new ArchiveRoundTrip();
        BackupVerification whole = await trip.DrillAsync(await trip.BackupAsync(source), source);
        BackupVerification part = await trip.DrillAsync(await trip.BackupAsync(source, new() { ExcludeTables = ["c"] }), source);

        Assert.True(whole.Passed && part.Passed);
        Assert.Equal(whole.ObjectsCompared - 1, part.ObjectsCompared);
    }

    private async Task<TestDatabase> SourceAsync()
    {
        TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE c (id int PRIMARY KEY); CREATE TABLE p (id int, c int REFERENCES c) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO c VALUES (1); INSERT INTO p VALUES (1, 1)");
        return source;
    }

    private Task<long> KeysAsync(IRestoreTarget copy) =>
        new TestDatabase(cluster, copy.Copy.DatabaseName).ScalarAsync<long>("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid = 'p'::regclass");
}
