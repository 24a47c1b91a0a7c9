using System.Globalization;

using Npgsql;

using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A real hot standby: made with pg_basebackup, following the cluster while it is read.</summary>
public sealed class StandbyTests(PostgresCluster cluster) : IAsyncDisposable
{
    private string? _folder;
    private int _port;

    [Fact]
    public async Task A_backup_taken_from_a_standby_restores_and_says_what_a_standby_does_not_have()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE TABLE t (id serial PRIMARY KEY, filler text); INSERT INTO t (filler) SELECT repeat('x', 500) FROM generate_series(1, 60000);
            CREATE UNLOGGED TABLE quick (id serial, note text); INSERT INTO quick (note) VALUES ('gone');
            SELECT lo_from_bytea(4711, 'bytes');
            """);
        await StartStandbyAsync();
        var observer = new Messages();
        MemoryArchive archive = await MemoryArchive.BackupAsync($"postgresql://postgres@127.0.0.1:{_port}/{source.Name}", new BackupRequest { Jobs = 3, Observer = observer });
        Assert.True(archive.Manifest.Coverage.Complete, string.Join("; ", archive.Manifest.Coverage.NotCovered));
        Assert.Contains(observer.Warnings, text => text.Contains("public.quick", StringComparison.Ordinal));
        Assert.Equal("unlogged table on a standby", archive.Manifest.Tables.Single(table => table.Name == "public.quick").RowsOmitted);
        Assert.Equal(60000, archive.Manifest.Tables.Single(table => table.Name == "public.t").Fingerprint!.Rows);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);

        // Nothing can be restored into a standby, and that is said before anything is tried.
        RestoreRequest there = new(new PostgreSqlProvider().TryParse($"postgresql://postgres@127.0.0.1:{_port}/{source.Name}")!, RestoreMode.Scratch);
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(async () => await new PostgreSqlProvider().OpenRestoreTargetAsync(there, archive.Manifest, default));
        Assert.Equal("PostgreSql.ReadOnly", refused.Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            await cluster.RunAsServerUserAsync("pg_ctl", "-D", _folder, "-m", "immediate", "-w", "stop");
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task StartStandbyAsync()
    {
        string port = cluster.Port.ToString(CultureInfo.InvariantCulture);
        _folder = Path.Combine(cluster.SocketDirectory, "standby");
        await cluster.RunAsServerUserAsync("pg_basebackup", "-D", _folder, "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-R", "-X", "stream", "-c", "fast", "--no-sync");
        _port = PostgresCluster.FreePort();
        await cluster.RunAsServerUserAsync(
            "pg_ctl", "-s", "-D", _folder, "-w", "-t", "60", "-l", _folder + ".log", "-o",
            string.Create(CultureInfo.InvariantCulture, $"-p {_port} -h 127.0.0.1 -k {cluster.SocketDirectory} -c fsync=off -c max_connections=200 -c max_locks_per_transaction=512 -c wal_level=logical -c max_prepared_transactions=10"), "start");
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
        Assert.Equal(true, await command.ExecuteScalarAsync());
    }
}
