using Npgsql;

using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Managed servers give nobody a superuser: who owns a database and may create others backs it up, drills it and restores it.</summary>
public sealed class PlainOwnerTests(PostgresCluster cluster)
{
    [Fact]
    public async Task An_owner_who_may_create_databases_restores_and_swaps()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        PlainOwner owner = await OwnedAsync(source);
        MemoryArchive archive = await MemoryArchive.BackupAsync(owner.Address);
        await using (IRestoreTarget copy = await Drill.RestoreAsync(archive, owner.Request(RestoreMode.Scratch)))
            await Drill.AssertEqualAsync(archive.Manifest, copy);
        var messages = new Messages();
        RestoreCommit commit;
        await using NpgsqlConnection user = await owner.OpenAsync();
        await using (IRestoreTarget target = await Drill.RestoreAsync(archive, owner.Request(RestoreMode.Replace) with { Observer = messages }))
        {
            await Drill.AssertEqualAsync(archive.Manifest, target);
            commit = await target.CommitAsync(default);
        }

        await using var old = new TestDatabase(cluster, commit.Previous!);
        Schema.SchemaRoundTrip.AssertSameDump(await PgDump.SchemaOnlyAsync(old), await PgDump.SchemaOnlyAsync(source));
        Assert.Contains(messages.Warnings, text => text.Contains("session of others in " + source.Name + " was ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_database_is_not_told_again_what_it_says_itself_but_a_users_own_words_are()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("COMMENT ON EXTENSION plpgsql IS 'ours'; COMMENT ON TEXT SEARCH CONFIGURATION pg_catalog.german IS 'ours too'; REVOKE ALL ON SCHEMA public FROM PUBLIC");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);

        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));

        await Drill.AssertEqualAsync(archive.Manifest, copy);
    }

    [Fact]
    public async Task A_copy_with_a_session_that_the_owner_may_not_end_is_removed_when_that_goes()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        PlainOwner owner = await OwnedAsync(source);
        MemoryArchive archive = await MemoryArchive.BackupAsync(owner.Address);
        var messages = new Messages();
        IRestoreTarget copy = await Drill.RestoreAsync(archive, owner.Request(RestoreMode.Scratch) with { Observer = messages });
        NpgsqlConnection looksIn = await PlainOwner.OpenAsync(new TestDatabase(cluster, copy.Copy.DatabaseName), "postgres");
        await using NpgsqlConnection own = await PlainOwner.OpenAsync(new TestDatabase(cluster, copy.Copy.DatabaseName), owner.Name);

        Task removal = copy.DisposeAsync().AsTask();
        await Task.Delay(TimeSpan.FromSeconds(3));
        Assert.False(removal.IsCompleted);
        await looksIn.DisposeAsync();
        await removal;

        Assert.DoesNotContain(messages.Warnings, text => text.Contains("could not be removed", StringComparison.Ordinal));
        Assert.Equal(0L, await source.ScalarAsync<long>($"SELECT count(*) FROM pg_database WHERE datname = '{copy.Copy.DatabaseName}'"));
    }

    private static async Task<PlainOwner> OwnedAsync(TestDatabase database)
    {
        PlainOwner owner = await PlainOwner.OfAsync(database);
        await using NpgsqlConnection connection = await owner.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            CREATE SCHEMA s; CREATE TABLE s.c (id int PRIMARY KEY, v text); INSERT INTO s.c SELECT i, 'x' FROM generate_series(1, 100) i; COMMENT ON TABLE s.c IS 'c'; GRANT SELECT ON s.c TO PUBLIC;
            CREATE TABLE p (id int, c int REFERENCES s.c) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO p VALUES (1, 1);
            CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'begin return 1; end'; CREATE MATERIALIZED VIEW m AS SELECT * FROM s.c; CREATE EXTENSION hstore;
            """,
            connection);
        await command.ExecuteNonQueryAsync();
        return owner;
    }
}
