using SafeDb.PostgreSql;
using SafeDb.Providers;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Comments that every new database has: one that a user took away or wrote anew is his, and a drill is not troubled by those that nobody touched.</summary>
public sealed class SystemCommentTests(PostgresCluster cluster)
{
    // All comments of a database, as the server's own catalogue has them. Oids of what initdb makes are the same in every database of a server.
    private const string Comments = "SELECT string_agg(classoid::regclass || ' ' || objoid || ' ' || objsubid || ' ' || description, E'\\n' ORDER BY classoid, objoid, objsubid) FROM pg_description WHERE objoid < 16384";

    [Theory]
    [InlineData("COMMENT ON TEXT SEARCH CONFIGURATION pg_catalog.english IS NULL; COMMENT ON TEXT SEARCH CONFIGURATION pg_catalog.simple IS NULL")]
    [InlineData("COMMENT ON TEXT SEARCH DICTIONARY pg_catalog.english_stem IS NULL; COMMENT ON TEXT SEARCH TEMPLATE pg_catalog.snowball IS NULL; COMMENT ON TEXT SEARCH DICTIONARY pg_catalog.simple IS NULL")]
    [InlineData("COMMENT ON SCHEMA public IS NULL; COMMENT ON EXTENSION plpgsql IS NULL")]
    [InlineData("COMMENT ON TEXT SEARCH CONFIGURATION pg_catalog.english IS 'ours'; COMMENT ON FUNCTION pg_catalog.abs(int) IS 'ours'; COMMENT ON SCHEMA pg_catalog IS 'ours'")]
    public async Task What_a_user_said_of_them_is_restored(string statements)
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string? fresh = await source.ScalarAsync<string>(Comments);
        await source.ExecuteAsync(statements);
        string? said = await source.ScalarAsync<string>(Comments);
        Assert.NotEqual(fresh, said);

        await using TestDatabase copy = await RestoreAsync(source);

        Assert.Equal(said, await copy.ScalarAsync<string>(Comments));
    }

    [Fact]
    public async Task Of_what_the_source_does_not_have_the_servers_own_comment_is_no_difference()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("DROP TEXT SEARCH CONFIGURATION pg_catalog.yiddish; DROP TEXT SEARCH DICTIONARY pg_catalog.yiddish_stem; CREATE TABLE t (note text)");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget drill = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, drill);

        // Anything else that is there and not in the archive still is a difference.
        await using IDatabaseSession session = await new PostgreSqlProvider().OpenSessionAsync(drill.Copy, default);
        await session.ExecuteAsync("COMMENT ON TEXT SEARCH CONFIGURATION pg_catalog.yiddish IS 'not the server''s'", default);
        await session.ExecuteAsync("COMMENT ON TABLE t IS 'late'", default);
        RestoredContent content = await drill.ReadContentAsync(new RestoredContentRequest(null, 1), default);
        Assert.Equal(["TABLE public.t", "TEXT SEARCH CONFIGURATION pg_catalog.yiddish"], SchemaComparer.Compare(archive.Manifest.ToSchema(), content.Schema).Select(difference => difference.Identity).Order(StringComparer.Ordinal));
    }

    private async Task<TestDatabase> RestoreAsync(TestDatabase source)
    {
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        var copy = new TestDatabase(cluster, "copy_" + source.Name);
        await using IRestoreTarget target = await Drill.RestoreAsync(archive, Drill.Into(source, copy.Name, RestoreMode.New));
        await Drill.AssertEqualAsync(archive.Manifest, target);
        await target.CommitAsync(default);
        return copy;
    }
}
