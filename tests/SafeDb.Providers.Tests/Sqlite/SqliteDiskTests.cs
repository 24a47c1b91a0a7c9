using SafeDb.Errors;
using SafeDb.Providers.Tests.Spec;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite;

/// <summary>Full and read-only disks: real ones, mounted for the test. Skipped where mounting is not allowed.</summary>
public sealed class SqliteDiskTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_ends_in_an_error_and_leaves_everything()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("big.db"), "CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000) INSERT INTO t SELECT randomblob(1000) FROM n;");
        string small = engine.PathOf("small");
        await using Mount mount = Mount.Create("-t", "tmpfs", "-o", "size=1m", "tmpfs", small);
        await using (IBackupSource source = await engine.Provider.OpenBackupSourceAsync(engine.Address("big.db"), new BackupRequest { Scratch = small }, Token))
            Assert.Equal("Restore.NoRoom", (await Assert.ThrowsAsync<SafeDbException>(() => source.DescribeAsync(Token))).Id);
        Assert.Empty(Directory.EnumerateFileSystemEntries(small));
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("big.db"));
        SafeDbException noRoom = await Assert.ThrowsAsync<SafeDbException>(
            () => engine.Provider.OpenRestoreTargetAsync(new RestoreRequest(engine.Address("small/x.db"), RestoreMode.New), archive.Manifest, Token));
        Assert.Equal(ErrorKind.Storage, noRoom.Error.Kind);
        Assert.Empty(Directory.EnumerateFileSystemEntries(small));
    }

    [Fact]
    public async Task A_disk_that_fills_up_meanwhile_ends_in_disk_full()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("big.db"), "CREATE TABLE t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000) INSERT INTO t SELECT randomblob(1000) FROM n;");
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("big.db"));
        string small = engine.PathOf("small");
        await using Mount mount = Mount.Create("-t", "tmpfs", "-o", "size=5m", "tmpfs", small);
        await using (IRestoreTarget target = await engine.Provider.OpenRestoreTargetAsync(new RestoreRequest(engine.Address("small/x.db"), RestoreMode.New), archive.Manifest, Token))
        {
            await target.PrepareAsync(Token);
            await File.WriteAllBytesAsync(Path.Combine(small, "filler"), new byte[4 << 20], Token);
            await using Stream plain = await archive.OpenPartAsync(archive.Manifest.Parts[0], Token);
            Assert.Equal("Sqlite.DiskFull", (await Assert.ThrowsAsync<SafeDbException>(() => target.LoadAsync(archive.Manifest.Parts[0], plain, Token))).Id);
        }

        Assert.Equal(["filler"], Directory.EnumerateFileSystemEntries(small).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_read_only_folder_can_be_backed_up_but_not_restored_into()
    {
        await using var engine = new SqliteEngine();
        string folder = engine.PathOf("ro");
        Directory.CreateDirectory(engine.PathOf("rw"));
        Tool.Sqlite(engine.PathOf("rw/a.db"), "CREATE TABLE t(a); INSERT INTO t VALUES (1);");
        await using Mount mount = Mount.Create("--bind", "-o", "ro", engine.PathOf("rw"), folder);
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("ro/a.db"));
        Assert.Equal(1, archive.Manifest.Tables.Single().Fingerprint!.Rows);
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(
            () => engine.Provider.OpenRestoreTargetAsync(new RestoreRequest(engine.Address("ro/b.db"), RestoreMode.New), archive.Manifest, Token));
        Assert.Equal("Sqlite.AccessDenied", refused.Id);
        await using IDatabaseSession session = await engine.Provider.OpenSessionAsync(engine.Address("ro/a.db"), Token);
        Assert.Equal("Sqlite.AccessDenied", (await Assert.ThrowsAsync<SafeDbException>(() => session.ExecuteAsync("INSERT INTO t VALUES (2)", Token))).Id);
    }

    private sealed class Mount(string folder) : IAsyncDisposable
    {
        public static Mount Create(params string[] arguments)
        {
            string folder = arguments[^1];
            Directory.CreateDirectory(folder);
            using var process = Tool.Start("mount", arguments);
            process.WaitForExit();
            Assert.SkipWhen(process.ExitCode != 0, "mounting is not allowed here");
            return new Mount(folder);
        }

        public ValueTask DisposeAsync()
        {
            _ = Tool.Run("umount", string.Empty, folder);
            return ValueTask.CompletedTask;
        }
    }
}
