using Npgsql;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.MaintenanceModes;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Maintenance is of the live database, not of its content: no archive begins it, no swap ends it.</summary>
public sealed class MaintenanceAndRestoreTests(PostgresCluster cluster)
{
    private const string SettingsSql = "SELECT array_to_string(ARRAY(SELECT unnest(setconfig) ORDER BY 1), ',') FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()";

    private readonly PostgreSqlProvider _provider = new();

    [Fact]
    public async Task A_swap_leaves_the_database_closed_and_the_archives_setting_comes_back_at_the_end()
    {
        await using TestDatabase live = await LiveAsync();
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {live.Name} SET default_transaction_read_only TO 'false'; ALTER DATABASE {live.Name} SET work_mem TO '5MB'");
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {live.Name} RESET ALL");
        MaintenanceState before = await EnterAsync(live, """it's a \ reason with {database} in it""");
        var messages = new Messages();

        await using TestDatabase old = await ReplaceAsync(live, archive, messages);

        Assert.Equal(before with { SessionsEnded = 0 }, await Service.ReadAsync(AddressOf(live), default), (one, other) => (one.On, one.Since, one.Reason, one.By) == (other.On, other.Since, other.Reason, other.By));
        await AssertClosedAsync(live);
        await AssertClosedAsync(old);
        Assert.Contains(messages.Warnings, text => text.StartsWith($"{live.Name} is still under maintenance", StringComparison.Ordinal));
        await Service.LeaveAsync(AddressOf(live), default);
        Assert.Equal("default_transaction_read_only=false,work_mem=5MB", await live.ScalarAsync<string>(SettingsSql));
        await live.ExecuteAsync("INSERT INTO t VALUES ('y')");
    }

    [Fact]
    public async Task An_archive_taken_under_maintenance_restores_an_open_database_with_the_settings_of_before()
    {
        await using TestDatabase source = await LiveAsync();
        await cluster.ExecuteOnServerAsync($"ALTER DATABASE {source.Name} SET default_transaction_read_only TO 'off'; ALTER DATABASE {source.Name} SET jit TO 'off'");
        await EnterAsync(source, "a secret reason");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        Assert.DoesNotContain(archive.Manifest.Properties.Values, value => value.Contains("secret", StringComparison.Ordinal) || value.Contains(" TO 'on'", StringComparison.Ordinal));
        await using (IRestoreTarget drill = await Drill.RestoreAsync(archive, Drill.Scratch(source)))
            await Drill.AssertEqualAsync(archive.Manifest, drill);

        await using TestDatabase copy = new(cluster, "open_" + source.Name);
        await using (IRestoreTarget target = await Drill.RestoreAsync(archive, Drill.Into(source, copy.Name, RestoreMode.New)))
            await target.CommitAsync(default);

        Assert.Equal("default_transaction_read_only=off,jit=off", await copy.ScalarAsync<string>(SettingsSql));
        await copy.ExecuteAsync("INSERT INTO t VALUES ('y')");
        await AssertClosedAsync(source);
        await Service.LeaveAsync(AddressOf(source), default);

        // Of the same archive into the database that was opened meanwhile: it stays open.
        await using TestDatabase old = await ReplaceAsync(source, archive, new Messages());
        Assert.False((await Service.ReadAsync(AddressOf(source), default)).On);
        await source.ExecuteAsync("INSERT INTO t VALUES ('y')");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Maintenance_that_begins_or_ends_during_the_load_counts(bool begins)
    {
        await using TestDatabase live = await LiveAsync();
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        if (!begins) await EnterAsync(live, "x");
        await using IRestoreTarget target = await Drill.RestoreAsync(archive, Drill.Into(live, live.Name, RestoreMode.Replace));
        Assert.Equal(!begins, target.Effects.Contains($"{live.Name} stays under maintenance"));
        if (begins) await EnterAsync(live, "x");
        else await Service.LeaveAsync(AddressOf(live), default);

        await using TestDatabase old = new(cluster, (await target.CommitAsync(default)).Previous!);

        Assert.Equal(begins, (await Service.ReadAsync(AddressOf(live), default)).On);
        Assert.Equal(begins ? "on" : "off", await live.ScalarAsync<string>("SHOW default_transaction_read_only"));
    }

    [Fact]
    public async Task Who_may_not_write_the_mark_is_refused_before_anything_is_done_and_may_when_it_is_granted()
    {
        await using TestDatabase live = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(live);
        RestoreRequest request = owner.Request(RestoreMode.Replace) with { NoOwner = true, NoPrivileges = true };
        MemoryArchive archive = await MemoryArchive.BackupAsync(live.Address);
        await EnterAsync(live, "x");

        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(() => _provider.OpenRestoreTargetAsync(request, archive.Manifest, default));
        Assert.Equal("PostgreSql.MaintenanceLost", refused.Id);

        await cluster.ExecuteOnServerAsync($"GRANT SET ON PARAMETER safedb.maintenance TO {owner.Name}");
        await using IRestoreTarget target = await Drill.RestoreAsync(archive, request);
        await using TestDatabase old = new(cluster, (await target.CommitAsync(default)).Previous!);
        await AssertClosedAsync(live);
        DatabaseAddress own = _provider.TryParse(owner.Address)!;
        Assert.False((await Service.LeaveAsync(own, default)).On);
        Assert.True((await Service.EnterAsync(own, Request("y"), default)).On);
    }

    private MaintenanceService Service => new(_provider, new PostgreSqlMaintenanceMode());

    private static MaintenanceRequest Request(string reason) => new(reason, "a test", TimeProvider.System.GetUtcNow()) { Drain = TimeSpan.FromMilliseconds(200) };

    private async Task<MaintenanceState> EnterAsync(TestDatabase database, string reason) => await Service.EnterAsync(AddressOf(database), Request(reason), default);

    private DatabaseAddress AddressOf(TestDatabase database) => _provider.TryParse(database.Address)!;

    private async Task<TestDatabase> ReplaceAsync(TestDatabase live, MemoryArchive archive, Messages messages)
    {
        await using IRestoreTarget target = await Drill.RestoreAsync(archive, Drill.Into(live, live.Name, RestoreMode.Replace) with { Observer = messages });
        await Drill.AssertEqualAsync(archive.Manifest, target);
        return new TestDatabase(cluster, (await target.CommitAsync(default)).Previous!);
    }

    private async Task<TestDatabase> LiveAsync()
    {
        TestDatabase live = await cluster.CreateDatabaseAsync();
        await live.ExecuteAsync("CREATE TABLE t (note text); INSERT INTO t VALUES ('x')");
        return live;
    }

    private static async Task AssertClosedAsync(TestDatabase database)
    {
        PostgresException refused = await Assert.ThrowsAsync<PostgresException>(() => database.ExecuteAsync("INSERT INTO t VALUES ('z')"));
        Assert.Equal("25006", refused.SqlState);
        Assert.Equal(1L, await database.ScalarAsync<long>("SELECT count(*) FROM t"));
    }
}
