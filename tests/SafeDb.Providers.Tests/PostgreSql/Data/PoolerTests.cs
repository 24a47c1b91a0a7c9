using System.Globalization;

using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A real PgBouncer between SafeDb and the server.</summary>
public sealed class PoolerTests(PostgresCluster cluster)
{
    private const string Program = "/usr/sbin/pgbouncer";

    [Theory]
    [InlineData("transaction", 20)]
    [InlineData("transaction", 2)]
    [InlineData("statement", 20)]
    public async Task A_pool_that_changes_backends_is_refused_before_anything_is_read_or_made(string mode, int size)
    {
        await using TestDatabase source = await SourceAsync();
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using Pooler pooler = await StartAsync(source, mode, size);
        for (int i = 0; i < 3; i++)
        {
            SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(() => MemoryArchive.BackupAsync(pooler.Address, new BackupRequest { Jobs = 2 }));
            Assert.Equal("PostgreSql.PoolerDetected", refused.Id);
            RestoreRequest request = new(new PostgreSqlProvider().TryParse(pooler.Address)!, RestoreMode.Scratch);
            refused = await Assert.ThrowsAsync<SafeDbException>(async () => await new PostgreSqlProvider().OpenRestoreTargetAsync(request, archive.Manifest, default));
            Assert.Equal("PostgreSql.PoolerDetected", refused.Id);
        }
    }

    [Fact]
    public async Task A_pool_in_session_mode_works()
    {
        await using TestDatabase source = await SourceAsync();
        await using Pooler pooler = await StartAsync(source, "session", 20);
        MemoryArchive archive = await MemoryArchive.BackupAsync(pooler.Address, new BackupRequest { Jobs = 3 });
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, new RestoreRequest(new PostgreSqlProvider().TryParse(pooler.Address)!, RestoreMode.Scratch) { Jobs = 2 });
        await Drill.AssertEqualAsync(archive.Manifest, copy);
    }

    private async Task<TestDatabase> SourceAsync()
    {
        TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 1000)");
        return source;
    }

    private async Task<Pooler> StartAsync(TestDatabase source, string mode, int size)
    {
        Assert.SkipUnless(File.Exists(Program), "PgBouncer is not installed.");
        int port = PostgresCluster.FreePort();
        string folder = Path.Combine(cluster.SocketDirectory, string.Create(CultureInfo.InvariantCulture, $"pool{port}"));
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        await File.WriteAllTextAsync(Path.Combine(folder, "users"), "\"postgres\" \"\"\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "ini"), string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host=127.0.0.1 port={cluster.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            auth_type = trust
            auth_file = {folder}/users
            pool_mode = {mode}
            default_pool_size = {size}
            pidfile = {folder}/pid
            logfile = {folder}/log
            unix_socket_dir =

            """));
        await cluster.RunAsServerUserAsync(null, Program, "-q", "-d", Path.Combine(folder, "ini"));
        for (int i = 0; i < 1200 && !File.Exists(Path.Combine(folder, "pid")); i++)
            await Task.Delay(50);
        return new Pooler(source.Address.Replace($":{cluster.Port}/", $":{port}/", StringComparison.Ordinal), Path.Combine(folder, "pid"));
    }

    private sealed class Pooler(string address, string pidFile) : IAsyncDisposable
    {
        public string Address => address;

        public async ValueTask DisposeAsync()
        {
            using var process = System.Diagnostics.Process.GetProcessById(int.Parse((await File.ReadAllTextAsync(pidFile)).Trim(), CultureInfo.InvariantCulture));
            process.Kill();
        }
    }
}
