using System.Diagnostics;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Providers.Tests.Spec;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite;

/// <summary>Bad input, damage, and others who use the database at the same time.</summary>
public sealed class SqliteFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_no_database_has_an_id()
    {
        await using var engine = new SqliteEngine();
        File.WriteAllText(engine.PathOf("text.db"), new string('x', 5000));
        await AssertIdAsync("Sqlite.NotADatabase", engine, "text.db");
        await AssertIdAsync("Sqlite.NotFound", engine, "nothing.db");
        Directory.CreateDirectory(engine.PathOf("folder.db"));
        await AssertIdAsync("Sqlite.IsFolder", engine, "folder.db");
        await AssertIdAsync("Sqlite.NotFound", engine, Path.Combine("text.db", "below.db"));
        Assert.Equal("Sqlite.EncryptionUnsupported", Assert.Throws<SafeDbException>(() => engine.Provider.TryParse("Data Source=x.db;Password=secret")).Id);
        Assert.Equal("Sqlite.BadAddress", Assert.Throws<SafeDbException>(() => engine.Provider.TryParse("sqlite::memory:")).Id);
    }

    [Theory]
    [InlineData("Data Source=server;Initial Catalog=shop;Integrated Security=true")]
    [InlineData("Data Source=server;Password=x")]
    [InlineData("Data Source=server")]
    [InlineData("Host=h;Database=d")]
    [InlineData("postgresql://u@h/shop.db")]
    public void Addresses_of_others_are_not_taken(string text) => Assert.Null(new SafeDb.Sqlite.SqliteProvider().TryParse(text));

    [Fact]
    public async Task A_damaged_database_is_refused_and_leaves_no_scratch_file()
    {
        await using var engine = new SqliteEngine();
        string path = engine.PathOf("d.db");
        Tool.Sqlite(path, "CREATE TABLE t(a TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<2000) INSERT INTO t SELECT hex(randomblob(40)) FROM n;");
        byte[] bytes = File.ReadAllBytes(path);
        Array.Fill(bytes, (byte)0xee, 4096 * 5, 600);
        File.WriteAllBytes(path, bytes);
        await using IBackupSource source = await engine.Provider.OpenBackupSourceAsync(engine.Address("d.db"), new BackupRequest(), Token);
        Assert.Equal("Sqlite.Corrupt", (await Assert.ThrowsAsync<SafeDbException>(() => source.DescribeAsync(Token))).Id);
        await source.DisposeAsync();
        Assert.Equal(["d.db"], await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task A_damaged_or_foreign_file_can_be_replaced_and_is_kept()
    {
        await using var engine = new SqliteEngine();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, await engine.CreateSampleAsync());
        File.WriteAllText(engine.PathOf("broken.db"), new string('x', 5000));
        File.WriteAllText(engine.PathOf("broken.db-wal"), "stale");
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.Address("broken.db"), RestoreMode.Replace)))
        {
            RestoreCommit commit = await target.CommitAsync(Token);
            Assert.Equal('x', File.ReadAllText(commit.Previous!)[0]);
        }

        Assert.False(File.Exists(engine.PathOf("broken.db-wal")));
        Assert.Equal("400", Tool.Sqlite(engine.PathOf("broken.db"), "SELECT count(*) FROM child;").Trim());
    }

    [Fact]
    public async Task A_stale_journal_beside_a_missing_database_is_refused()
    {
        await using var engine = new SqliteEngine();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, await engine.CreateSampleAsync());
        File.WriteAllText(engine.PathOf("lost.db-wal"), "stale");
        foreach (RestoreMode mode in (RestoreMode[])[RestoreMode.New, RestoreMode.Replace])
        {
            SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(
                () => engine.Provider.OpenRestoreTargetAsync(new RestoreRequest(engine.Address("lost.db"), mode), archive.Manifest, Token));
            Assert.Equal("Restore.StaleJournal", refused.Id);
        }
    }

    [Theory]
    [InlineData("DELETE", "SELECT 1;")]
    [InlineData("WAL", "SELECT count(*) FROM child;")]
    [InlineData("DELETE", "BEGIN; SELECT count(*) FROM child;")]
    [InlineData("WAL", "BEGIN IMMEDIATE; INSERT INTO parent VALUES (5000, 'open');")]
    public async Task A_database_that_another_process_has_open_is_not_replaced(string mode, string activity)
    {
        await using var engine = new SqliteEngine();
        DatabaseAddress address = await engine.CreateSampleAsync();
        string path = engine.PathOf("db1.db");
        Tool.Sqlite(path, $"PRAGMA journal_mode={mode};");
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, address);
        using Process other = Tool.Start("sqlite3", "-batch", path);
        await other.StandardInput.WriteLineAsync($".open {path}\n{activity}\nSELECT 'ready' FROM parent LIMIT 1;");
        await other.StandardInput.FlushAsync(Token);
        while (await other.StandardOutput.ReadLineAsync(Token) is { } line && line != "ready") { }
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(address, RestoreMode.Replace)))
            Assert.Equal("Restore.InUse", (await Assert.ThrowsAsync<SafeDbException>(() => target.CommitAsync(Token))).Id);
        other.StandardInput.Close();
        await other.WaitForExitAsync(Token);
        Assert.Equal(["db1.db"], await engine.ListEverythingAsync());
        Assert.Equal(mode.ToLowerInvariant(), Tool.Sqlite(path, "PRAGMA journal_mode;").Trim());
        Assert.Equal("ok", Tool.Sqlite(path, "PRAGMA integrity_check;").Trim());
    }

    [Fact]
    public async Task The_content_of_the_write_ahead_log_is_kept_with_the_old_database()
    {
        await using var engine = new SqliteEngine();
        DatabaseAddress address = await engine.CreateSampleAsync();
        string path = engine.PathOf("db1.db");
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, address);
        using (Process other = Tool.Start("sqlite3", "-batch", path))
        {
            await other.StandardInput.WriteLineAsync("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; INSERT INTO parent VALUES (6000, 'only in the log'); SELECT 'ready';");
            await other.StandardInput.FlushAsync(Token);
            while (await other.StandardOutput.ReadLineAsync(Token) is { } line && line != "ready") { }
            other.Kill();
            await other.WaitForExitAsync(Token);
        }

        Assert.True(new FileInfo(path + "-wal").Length > 0);
        string previous;
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(address, RestoreMode.Replace)))
            previous = (await target.CommitAsync(Token)).Previous!;
        Assert.Equal("0", Tool.Sqlite(path, "SELECT count(*) FROM parent WHERE id = 6000;").Trim());
        Assert.Equal("1", Tool.Sqlite(previous, "SELECT count(*) FROM parent WHERE id = 6000;").Trim());
        Assert.Equal(["db1.db", Path.GetFileName(previous)], await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task A_lasting_lock_ends_in_busy()
    {
        await using var engine = new SqliteEngine();
        await engine.CreateSampleAsync();
        DatabaseAddress impatient = engine.Provider.TryParse($"Data Source={engine.PathOf("db1.db")};Default Timeout=1")!;
        await using IDatabaseSession holder = await engine.Provider.OpenSessionAsync(impatient, Token);
        await holder.ExecuteAsync("BEGIN EXCLUSIVE", Token);
        SafeDbException busy = await Assert.ThrowsAsync<SafeDbException>(() => engine.Provider.OpenSessionAsync(impatient, Token));
        Assert.Equal("Sqlite.Busy", busy.Id);
        Assert.True(busy.Error.IsTransient);
    }

    [Fact]
    public async Task Incomplete_parts_are_refused()
    {
        await using var engine = new SqliteEngine();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, await engine.CreateSampleAsync());
        await using IRestoreTarget target = await engine.Provider.OpenRestoreTargetAsync(new RestoreRequest(engine.ScratchPlace, RestoreMode.Scratch), archive.Manifest, Token);
        await target.PrepareAsync(Token);
        Assert.Equal("Sqlite.ImageIncomplete", (await Assert.ThrowsAsync<SafeDbException>(() => target.FinishAsync(Token))).Id);
    }

    [Fact]
    public async Task Scratch_files_of_dead_processes_are_removed_and_those_of_living_ones_are_not()
    {
        await using var engine = new SqliteEngine();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, await engine.CreateSampleAsync());
        string abandoned = engine.PathOf("safedb-scratch-db-0123.db");
        foreach (string suffix in (string[])["", "-wal", ".lock"]) File.WriteAllText(abandoned + suffix, "left");
        await using IRestoreTarget first = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.ScratchPlace, RestoreMode.Scratch));
        await using IRestoreTarget second = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.ScratchPlace, RestoreMode.Scratch));
        Assert.DoesNotContain(await engine.ListEverythingAsync(), name => name.Contains("0123", StringComparison.Ordinal));
        Assert.Equal(400, await engine.CountAsync(first.Copy, "child"));
        Assert.Equal(400, await engine.CountAsync(second.Copy, "child"));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public async Task A_backup_under_a_thousand_inserts_a_second_is_consistent(string mode)
    {
        await using var engine = new SqliteEngine();
        DatabaseAddress address = await engine.CreateSampleAsync();
        string path = engine.PathOf("db1.db");
        Tool.Sqlite(path, $"PRAGMA journal_mode={mode}; CREATE TABLE seq(n INTEGER PRIMARY KEY, parent INT NOT NULL REFERENCES parent(id)); CREATE TABLE counter(n INT); INSERT INTO counter VALUES (0);");
        const string Writer = """
            import sqlite3, sys, time
            c = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
            c.execute('PRAGMA synchronous=OFF')
            n, start = 0, time.time()
            while time.time() - start < 20:
                n += 1
                c.execute('BEGIN IMMEDIATE'); c.execute('INSERT INTO parent VALUES (?, ?)', (100000 + n, 'p'))
                c.execute('INSERT INTO seq VALUES (?, ?)', (n, 100000 + n)); c.execute('UPDATE counter SET n = ?', (n,)); c.execute('COMMIT')
                if n == 200: print('ready', flush=True)
                ahead = n / 1000.0 - (time.time() - start)
                if ahead > 0: time.sleep(ahead)
            """;
        using Process writer = Tool.Start("python3", "-c", Writer, path);
        try
        {
            Assert.Equal("ready", await writer.StandardOutput.ReadLineAsync(Token));
            for (int round = 0; round < 3; round++)
            {
                MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, address);
                Assert.False(writer.HasExited);
                string name = $"copy{round}.db";
                await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.Address(name), RestoreMode.New)))
                {
                    RestoredContent content = await target.ReadContentAsync(new RestoredContentRequest(null, 2), Token);
                    Assert.Empty(content.IntegrityProblems);
                    Assert.All(archive.Manifest.Tables, table => Assert.Equal(table.Fingerprint, content.Fingerprints[table.Name]));
                    await target.CommitAsync(Token);
                }

                Assert.Equal("ok\n", Tool.Sqlite(engine.PathOf(name), "PRAGMA integrity_check; PRAGMA foreign_key_check;"));
                string[] numbers = Tool.Sqlite(engine.PathOf(name), "SELECT count(*), max(n), (SELECT n FROM counter) FROM seq;").Trim().Split('|');
                Assert.Equal(numbers[0], numbers[1]);
                Assert.Equal(numbers[0], numbers[2]);
            }
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static async Task AssertIdAsync(string id, SqliteEngine engine, string name)
    {
        SafeDbException error = await Assert.ThrowsAsync<SafeDbException>(() => engine.Provider.OpenSessionAsync(engine.Address(name), Token));
        Assert.Equal(id, error.Id);
        Assert.NotEmpty(error.Error.RecommendedAction);
    }
}
