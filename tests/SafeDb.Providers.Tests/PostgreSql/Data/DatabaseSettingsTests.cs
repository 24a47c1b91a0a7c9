using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>What belongs to a database itself: from the archive or, where that does not hold it or it was left out, from the database that is replaced.</summary>
public sealed class DatabaseSettingsTests(PostgresCluster cluster)
{
    [Fact]
    public async Task The_archives_hold_and_a_limit_of_connections_stays_where_the_archive_has_none()
    {
        await using TestDatabase live = await LiveAsync();
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {live.Name} SET app.text TO 'DATABASE {"{database}"}'; ALTER DATABASE {live.Name} SET work_mem TO '5MB'; COMMENT ON DATABASE {live.Name} IS 'archived DATABASE {"{database}"}'; GRANT CREATE ON DATABASE {live.Name} TO app_{live.Name}");
        string archived = await SettingsAsync(live);
        Assert.Contains("comment archived DATABASE {database}", archived, StringComparison.Ordinal);
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {live.Name} CONNECTION LIMIT 7; ALTER DATABASE {live.Name} SET work_mem TO '9MB'; ALTER DATABASE {live.Name} SET jit TO off; COMMENT ON DATABASE {live.Name} IS 'live'; REVOKE CREATE ON DATABASE {live.Name} FROM app_{live.Name}");

        await using TestDatabase old = await ReplaceAsync(live, archive, Drill.Into(live, live.Name, RestoreMode.Replace));

        Assert.Equal(archived.Replace("limit -1", "limit 7", StringComparison.Ordinal), await SettingsAsync(live));
        Assert.Contains("live", await SettingsAsync(old), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_that_the_archive_has_holds()
    {
        await using TestDatabase live = await LiveAsync();
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {live.Name} CONNECTION LIMIT 5");
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {live.Name} CONNECTION LIMIT 7");

        await using TestDatabase old = await ReplaceAsync(live, archive, Drill.Into(live, live.Name, RestoreMode.Replace));

        Assert.Contains("limit 5", await SettingsAsync(live), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_stays_as_it_was_so_that_nobody_comes_in_who_was_kept_out()
    {
        await using TestDatabase source = await LiveAsync();
        await using TestDatabase live = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(live);
        await cluster.ExecuteOnServerAsync($"""
            REVOKE ALL ON DATABASE {live.Name} FROM PUBLIC; GRANT CONNECT ON DATABASE {live.Name} TO app_{live.Name} WITH GRANT OPTION; CREATE ROLE other_{live.Name};
            SET SESSION AUTHORIZATION app_{live.Name}; GRANT CONNECT ON DATABASE {live.Name} TO other_{live.Name}; RESET SESSION AUTHORIZATION; ALTER ROLE app_{live.Name} IN DATABASE {live.Name} SET work_mem TO '3MB'
            """);
        string before = await SettingsAsync(live);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        var messages = new Messages();

        await using TestDatabase old = await ReplaceAsync(live, archive, owner.Request(RestoreMode.Replace) with { NoOwner = true, NoPrivileges = true, Observer = messages });

        // Two differences, since who is no superuser can neither grant in the name of others (then the owner granted it) nor set for others (that is said, without the value, which may be secret).
        string ofRole = $"app_{live.Name}: work_mem=3MB";
        Assert.Equal(before.Replace($"=c/app_{live.Name}", $"=c/{owner.Name}", StringComparison.Ordinal).Replace("\n" + ofRole, "", StringComparison.Ordinal), await SettingsAsync(live));
        string warning = Assert.Single(messages.Warnings, text => text.StartsWith("Settings of single roles", StringComparison.Ordinal));
        Assert.EndsWith($"""a superuser may: ALTER ROLE "app_{live.Name}" IN DATABASE "{live.Name}" SET "work_mem".""", warning, StringComparison.Ordinal);
        Assert.Contains(ofRole, await SettingsAsync(old), StringComparison.Ordinal);
        Assert.Contains($"other_{live.Name}=c/", before, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_that_this_user_may_not_make_are_left_out_and_named_without_their_values()
    {
        await using TestDatabase live = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(live);
        await cluster.ExecuteOnServerAsync($"""
            ALTER DATABASE {live.Name} SET app.last TO 'x SET y TO z'; ALTER DATABASE {live.Name} SET log_min_duration_statement TO '4321'; ALTER DATABASE {live.Name} SET work_mem TO '5MB';
            ALTER ROLE app_{live.Name} IN DATABASE {live.Name} SET app.token TO 'this IS TO be kept secret'
            """);
        await live.ExecuteAsync($"ALTER TABLE t OWNER TO {owner.Name}");
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        var messages = new Messages();

        await using TestDatabase old = await ReplaceAsync(live, archive, owner.Request(RestoreMode.Replace) with { Observer = messages });

        string warning = Assert.Single(messages.Warnings, text => text.StartsWith("Settings of ", StringComparison.Ordinal));
        Assert.EndsWith(
            $"""if they are to hold: ALTER DATABASE "{live.Name}" SET "app"."last"; ALTER DATABASE "{live.Name}" SET "log_min_duration_statement"; ALTER ROLE "app_{live.Name}" IN DATABASE "{live.Name}" SET "app"."token".""",
            warning, StringComparison.Ordinal);
        string before = await SettingsAsync(old);
        Assert.EndsWith("-: app.last=x SET y TO z log_min_duration_statement=4321 work_mem=5MB", before.Split('\n')[^2], StringComparison.Ordinal);
        Assert.Contains("kept secret", before.Split('\n')[^1], StringComparison.Ordinal);
        string[] after = (await SettingsAsync(live)).Split('\n');
        Assert.Equal([.. before.Split('\n')[..^2], "-: work_mem=5MB"], after);
    }

    [Fact]
    public async Task The_same_holds_for_a_new_database_and_with_owner_and_privileges_left_out()
    {
        await using TestDatabase source = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(source);
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {source.Name} SET log_min_duration_statement TO '4321'; ALTER DATABASE {source.Name} SET work_mem TO '5MB'");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        var messages = new Messages();
        string name = source.Name + "_new";
        RestoreRequest request = new(new PostgreSqlProvider().TryParse(owner.AddressOf(name))!, RestoreMode.New) { NoOwner = true, NoPrivileges = true, Observer = messages };

        await using (IRestoreTarget target = await Drill.RestoreAsync(archive, request))
            await target.CommitAsync(default);

        await using var made = new TestDatabase(cluster, name);
        Assert.Contains(messages.Warnings, text => text.Contains($"""ALTER DATABASE "{name}" SET "log_min_duration_statement".""", StringComparison.Ordinal));
        Assert.EndsWith("-: work_mem=5MB", await SettingsAsync(made), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_that_this_user_may_not_set_fails_before_rows_are_loaded()
    {
        await using TestDatabase live = await LiveAsync();
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        PlainOwner owner = await PlainOwner.OfAsync(live);

        await using IRestoreTarget target = await new PostgreSqlProvider().OpenRestoreTargetAsync(owner.Request(RestoreMode.Replace), archive.Manifest, default);
        SafeDbException failed = await Assert.ThrowsAsync<SafeDbException>(() => target.PrepareAsync(default));

        Assert.Equal(("PostgreSql.RestoreSettingFailed", "42501"), (failed.Id, failed.Error.EngineCode));
        Assert.Contains("OWNER TO \"postgres\")", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALTER DATABASE \"a\" SET \"work_mem\" TO '1MB';", true)]
    [InlineData("ALTER ROLE \"r\" IN DATABASE \"a\" SET \"app\".\"token\" TO 'x';", true)]
    [InlineData("ALTER DATABASE \"a \"\" SET \" OWNER TO \"b\";", false)]
    [InlineData("ALTER DATABASE \"a\" CONNECTION LIMIT 5;", false)]
    [InlineData("ALTER DATABASE \"a\" ALLOW_CONNECTIONS false", false)]
    [InlineData("COMMENT ON DATABASE \"a\" IS 'ALTER DATABASE \"a\" SET \"b\" TO ';", false)]
    [InlineData("ALTER DATABASE \"a\" SET \"safedb\".\"maintenance\" TO '{}';", false)]
    public void Only_settings_may_be_left_out_and_never_the_mark_of_maintenance(string statement, bool expected) =>
        Assert.Equal(expected, global::SafeDb.PostgreSql.Restore.DatabaseSettings.IsSetting(statement));

    [Fact]
    public async Task A_superuser_keeps_the_settings_of_roles_too()
    {
        await using TestDatabase live = await LiveAsync();
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await cluster.ExecuteOnServerAsync($"REVOKE CONNECT ON DATABASE {live.Name} FROM PUBLIC; ALTER ROLE app_{live.Name} IN DATABASE {live.Name} SET search_path TO a, \"B c\"");
        string before = await SettingsAsync(live);

        await using TestDatabase old = await ReplaceAsync(live, archive, Drill.Into(live, live.Name, RestoreMode.Replace) with { NoOwner = true, NoPrivileges = true });

        Assert.Equal(before, await SettingsAsync(live));
    }

    [Fact]
    public async Task The_restored_database_lies_in_the_tablespace_of_the_one_that_it_replaces()
    {
        await using Tablespace fast = await Tablespace.CreateAsync(cluster);
        await using TestDatabase live = await LiveAsync();
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await fast.TakeAsync(live);

        await using TestDatabase old = await ReplaceAsync(live, archive, Drill.Into(live, live.Name, RestoreMode.Replace));

        Assert.Equal(fast.Name, await TablespaceAsync(live));
        Assert.Equal("x", await live.ScalarAsync<string>("SELECT note FROM t"));
    }

    [Fact]
    public async Task Where_the_copy_cannot_lie_there_that_is_said()
    {
        await using Tablespace fast = await Tablespace.CreateAsync(cluster);
        await using TestDatabase live = await LiveAsync();
        await using TestDatabase other = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(other);
        await fast.TakeAsync(live);
        await fast.TakeAsync(other);
        await using TestDatabase source = await LiveAsync();
        MemoryArchive plain = await MemoryArchive.BackupAsync(source.Address);
        await source.ExecuteAsync($"CREATE TABLE apart (id int) TABLESPACE \"{fast.Name}\"");
        MemoryArchive apart = await MemoryArchive.BackupAsync(source.Address);

        var messages = new Messages();
        await using (TestDatabase first = await ReplaceAsync(live, apart, Drill.Into(live, live.Name, RestoreMode.Replace) with { NoOwner = true, Observer = messages }))
            Assert.Contains(messages.Warnings, text => text.Contains("in the archive that is the tablespace of single objects", StringComparison.Ordinal));
        Assert.Equal("pg_default", await TablespaceAsync(live));
        await using (TestDatabase second = await ReplaceAsync(other, plain, owner.Request(RestoreMode.Replace) with { NoOwner = true, NoPrivileges = true, Observer = messages }))
            Assert.Contains(messages.Warnings, text => text.Contains("this user may not create in it", StringComparison.Ordinal));
        Assert.Equal("pg_default", await TablespaceAsync(other));
    }

    [Fact]
    public async Task Tablespaces_that_the_server_lacks_are_named_before_anything_is_done()
    {
        await using TestDatabase source = await LiveAsync();
        Tablespace first = await Tablespace.CreateAsync(cluster);
        await using Tablespace second = await Tablespace.CreateAsync(cluster);
        await source.ExecuteAsync($"""CREATE TABLE "a SET TABLESPACE b" (id int PRIMARY KEY USING INDEX TABLESPACE "{first.Name}") TABLESPACE "{second.Name}"; CREATE MATERIALIZED VIEW v TABLESPACE "{first.Name}" AS SELECT 1 AS n""");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using (IRestoreTarget there = await Drill.RestoreAsync(archive, Drill.Scratch(source)))
            await Drill.AssertEqualAsync(archive.Manifest, there);
        await source.ExecuteAsync("""DROP MATERIALIZED VIEW v; DROP TABLE "a SET TABLESPACE b" """);
        await first.DisposeAsync();

        SafeDbException lacking = await Assert.ThrowsAsync<SafeDbException>(() => new PostgreSqlProvider().OpenRestoreTargetAsync(Drill.Scratch(source), archive.Manifest, default));

        Assert.Equal("PostgreSql.TablespaceMissing", lacking.Id);
        Assert.EndsWith($"the target: {first.Name}.", lacking.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(second.Name, lacking.Message, StringComparison.Ordinal);
    }

    private async Task<TestDatabase> ReplaceAsync(TestDatabase live, MemoryArchive archive, RestoreRequest request)
    {
        await using IRestoreTarget target = await Drill.RestoreAsync(archive, request);
        await Drill.AssertEqualAsync(archive.Manifest, target);
        return new TestDatabase(cluster, (await target.CommitAsync(default)).Previous!);
    }

    private async Task<TestDatabase> LiveAsync()
    {
        TestDatabase live = await cluster.CreateDatabaseAsync();
        await cluster.ExecuteOnServerAsync($"CREATE ROLE app_{live.Name} LOGIN");
        await live.ExecuteAsync("CREATE TABLE t (note text); INSERT INTO t VALUES ('x')");
        return live;
    }

    /// <summary>All that the server keeps of a database itself, as its own catalogues tell it.</summary>
    private static async Task<string> SettingsAsync(TestDatabase database) => (await database.ScalarAsync<string>("""
        SELECT concat_ws(E'\n', 'owner ' || pg_get_userbyid(d.datdba), 'limit ' || d.datconnlimit, 'comment ' || shobj_description(d.oid, 'pg_database'), 'acl ' || (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(d.datacl) a),
          (SELECT string_agg(setrole::regrole || ': ' || array_to_string(setconfig, ' '), E'\n' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid))
        FROM pg_database d WHERE datname = current_database()
        """))!;

    private static async Task<string> TablespaceAsync(TestDatabase database) =>
        (await database.ScalarAsync<string>("SELECT spcname::text FROM pg_database d JOIN pg_tablespace s ON s.oid = d.dattablespace WHERE datname = current_database()"))!;
}
