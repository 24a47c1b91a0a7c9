using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>What the target's server lacks is said before anything is made, and nothing is left there.</summary>
public sealed class MissingAtTargetTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Roles_that_are_missing_are_named_and_may_be_left_out()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string role = "gone_" + source.Name;
        await source.ExecuteAsync($"CREATE ROLE {role}; CREATE TABLE t (id int); ALTER TABLE t OWNER TO {role}; CREATE TABLE u (id int); GRANT SELECT ON u TO {role}; INSERT INTO t VALUES (1)");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await source.ExecuteAsync($"DROP OWNED BY {role} CASCADE; DROP ROLE {role}");
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(() => Drill.RestoreAsync(archive, Drill.Scratch(source)));
        Assert.Equal("PostgreSql.RolesMissing", refused.Id);
        Assert.Contains(role, refused.Message, StringComparison.Ordinal);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source) with { NoOwner = true, NoPrivileges = true });
        await Drill.AssertEqualAsync(archive.Manifest, copy);
    }

    [Fact]
    public async Task Default_privileges_are_privileges_and_may_be_left_out()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string role = "gone_" + source.Name;
        await source.ExecuteAsync($"CREATE ROLE {role}; CREATE TABLE t (id int); ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}; ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await source.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(() => Drill.RestoreAsync(archive, Drill.Scratch(source) with { NoOwner = true }));
        Assert.Equal("PostgreSql.RolesMissing", refused.Id);

        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source) with { NoOwner = true, NoPrivileges = true });

        await Drill.AssertEqualAsync(archive.Manifest, copy);
        RestoredContent content = await copy.ReadContentAsync(new RestoredContentRequest(null, 2), default);
        Assert.Contains("privileges", content.NotCompared);
        Assert.Equal(archive.Manifest.SchemaObjects.Count(item => item.Kind is "owner" or "acl" or "default privileges"), content.ObjectsNotCompared);
        Assert.Equal(2, archive.Manifest.SchemaObjects.Count(item => item.Kind is "default privileges"));
        Assert.Equal(0L, await new TestDatabase(cluster, copy.Copy.DatabaseName).ScalarAsync<long>("SELECT count(*) FROM pg_default_acl"));
    }

    [Fact]
    public async Task A_policy_of_a_missing_role_is_left_out_and_said()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string role = "gone_" + source.Name;
        await source.ExecuteAsync(
            $"CREATE ROLE {role}; CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY everybody ON t USING (true); CREATE POLICY \"its own\" ON t AS RESTRICTIVE FOR SELECT TO {role} USING (id > 0);"
            + "COMMENT ON POLICY \"its own\" ON t IS 'x'");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await source.ExecuteAsync($"DROP OWNED BY {role} CASCADE; DROP POLICY IF EXISTS \"its own\" ON t; DROP ROLE {role}");
        var messages = new Messages();

        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source) with { NoOwner = true, NoPrivileges = true, Observer = messages });

        await Drill.AssertEqualAsync(archive.Manifest, copy);
        Assert.Contains(messages.Warnings, text => text.Contains("its own", StringComparison.Ordinal) && text.Contains("left out", StringComparison.Ordinal));
        Assert.Equal("everybody", await new TestDatabase(cluster, copy.Copy.DatabaseName).ScalarAsync<string>("SELECT string_agg(polname, ',') FROM pg_policy"));
    }

    [Fact]
    public async Task A_policy_that_holds_for_others_too_is_never_left_out()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string role = "gone_" + source.Name;
        await source.ExecuteAsync($"CREATE ROLE {role}; CREATE TABLE t (id int); CREATE POLICY p ON t AS RESTRICTIVE TO postgres, {role} USING (id > 0)");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await source.ExecuteAsync($"DROP POLICY p ON t; DROP ROLE {role}");

        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(() => Drill.RestoreAsync(archive, Drill.Scratch(source) with { NoOwner = true, NoPrivileges = true }));

        Assert.Equal("PostgreSql.RolesMissing", refused.Id);
        Assert.Contains(role, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[["plpgsql","1.0"],["not_there","9.9"]]""", "not_there 9.9")]
    [InlineData("""[["hstore","0.1"]]""", "hstore 0.1")]
    public async Task Extensions_that_the_server_cannot_create_are_named(string extensions, string expected)
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        ArchiveManifest manifest = (await MemoryArchive.BackupAsync(source.Address)).Manifest;
        manifest = manifest with { Properties = new Dictionary<string, string>(manifest.Properties, StringComparer.Ordinal) { ["extensions"] = extensions } };
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(async () => await new PostgreSqlProvider().OpenRestoreTargetAsync(Drill.Scratch(source), manifest, default));
        Assert.Equal("PostgreSql.ExtensionMissing", refused.Id);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_server_is_refused()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        ArchiveManifest manifest = (await MemoryArchive.BackupAsync(source.Address)).Manifest;
        manifest = manifest with { Source = manifest.Source with { EngineVersion = 990000, EngineVersionText = "99.0" } };
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(async () => await new PostgreSqlProvider().OpenRestoreTargetAsync(Drill.Scratch(source), manifest, default));
        Assert.Equal("PostgreSql.ServerOlder", refused.Id);
    }

    [Fact]
    public void A_server_that_wants_a_password_says_so_when_none_is_given()
    {
        // The driver's own words for it, without a server that asks: the id must not be that of a lost connection, which invites to try again.
        var driver = new Npgsql.NpgsqlException("No password has been provided but the backend requires one (in SASL/SCRAM-SHA-256)");
        Assert.Equal("PostgreSql.AuthenticationFailed", ((SafeDbException)ErrorTranslator.Translate(driver)).Id);
    }
}
