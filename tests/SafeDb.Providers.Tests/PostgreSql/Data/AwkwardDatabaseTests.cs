using System.Globalization;

using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Databases that are known to break tools: names that drivers cannot take apart, subscriptions, slots.</summary>
public sealed class AwkwardDatabaseTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Names_that_the_driver_cannot_take_apart_hinder_neither_backup_nor_restore_nor_session()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE SCHEMA "a.b"; CREATE SCHEMA "[]"; CREATE SCHEMA "..";
            CREATE TYPE "a.b"."long_name_that_is_exactly_sixty_three_bytes_long_as_long_as_can" AS ENUM ('x', 'y');
            CREATE TYPE "[]"."odd[]" AS (a int); CREATE DOMAIN ".."."." AS int;
            CREATE TABLE "a.b"."t.u" (id int PRIMARY KEY, e "a.b"."long_name_that_is_exactly_sixty_three_bytes_long_as_long_as_can"[], c "[]"."odd[]", d ".."."." );
            """);
        await source.ExecuteAsync("""INSERT INTO "a.b"."t.u" VALUES (1, '{x,y}', '(3)', 4)""");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);
        await using IDatabaseSession session = await new PostgreSqlProvider().OpenSessionAsync(copy.Copy, default);
        Assert.Equal(1, (await session.ExecuteAsync("""UPDATE "a.b"."t.u" SET d = 5""", default)).RowsAffected);
        Assert.NotEmpty((await session.ReadSchemaAsync(default)).Objects);
    }

    [Fact]
    public async Task A_session_reads_values_of_the_databases_own_types()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TYPE mood AS ENUM ('sad', 'ok')");
        await using IDatabaseSession session = await new PostgreSqlProvider().OpenSessionAsync(new PostgreSqlProvider().TryParse(source.Address)!, default);
        await using System.Data.Common.DbCommand command = session.Connection.CreateCommand();
        command.CommandText = "SELECT 'ok'::mood";
        Assert.Equal("ok", await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_subscription_comes_back_disabled_and_without_its_slot_and_a_copy_with_one_is_removed()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE SUBSCRIPTION sub CONNECTION 'host=127.0.0.1 port=1 application_name=slot_name' PUBLICATION p WITH (connect = false, slot_name = 'live_slot', synchronous_commit = 'on')");
        var observer = new Messages();
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 1, Observer = observer });
        Assert.Contains(observer.Warnings, text => text.Contains("live_slot", StringComparison.Ordinal));
        Assert.Contains("live_slot", archive.Manifest.Properties["notices"], StringComparison.Ordinal);
        await using (IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source)))
        {
            await Drill.AssertEqualAsync(archive.Manifest, copy);
            Assert.Equal("false -", await source.ScalarAsync<string>(
                $"SELECT subenabled::text || ' ' || COALESCE(subslotname, '-') FROM pg_subscription s JOIN pg_database d ON d.oid = subdbid WHERE datname = '{copy.Copy.DatabaseName}'"));
        }

        Assert.Equal(0L, await CopiesAsync(source));
    }

    [Fact]
    public async Task A_stale_copy_with_a_subscription_is_removed_by_the_next_restore()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE t (id int)");
        string stale = source.Name + "_safedb_0123456789abcdef";
        await cluster.ExecuteOnServerAsync($"CREATE DATABASE {stale}");
        await new TestDatabase(cluster, stale).ExecuteAsync("CREATE SUBSCRIPTION stale CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = 'other')");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await (await Drill.RestoreAsync(archive, Drill.Scratch(source))).DisposeAsync();
        Assert.Equal(0L, await CopiesAsync(source));
    }

    [Fact]
    public async Task A_logical_slot_is_named_by_the_backup_and_by_a_restore_over_its_database()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string slot = "slot_" + source.Name;
        await source.ExecuteAsync("CREATE TABLE t (id int)");
        await source.ExecuteAsync($"SELECT pg_create_logical_replication_slot('{slot}', 'pgoutput')");
        try
        {
            var observer = new Messages();
            MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 1, Observer = observer });
            Assert.Contains(observer.Warnings, text => text.Contains(slot, StringComparison.Ordinal));
            Assert.Contains(slot, archive.Manifest.Properties["notices"], StringComparison.Ordinal);
            Assert.True(archive.Manifest.Coverage.Complete);
            observer.Warnings.Clear();
            await using IRestoreTarget target = await new PostgreSqlProvider().OpenRestoreTargetAsync(Drill.Into(source, source.Name, RestoreMode.Replace) with { Observer = observer }, archive.Manifest, default);
            Assert.Contains(observer.Warnings, text => text.Contains(slot, StringComparison.Ordinal));
        }
        finally
        {
            await source.ExecuteAsync($"SELECT pg_drop_replication_slot('{slot}')");
        }
    }

    private static async Task<long> CopiesAsync(TestDatabase near) =>
        await near.ScalarAsync<long>(string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM pg_database WHERE datname LIKE '{near.Name}\\_safedb\\_%'"));
}
