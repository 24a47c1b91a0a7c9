using System.Diagnostics;
using System.Globalization;

using SafeDb.Providers.Tests.Spec;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite;

/// <summary>Kills a process in the middle of restoring over a database: the name must always lead to the whole old or the whole new one.</summary>
public sealed class SqliteKillTests
{
    private const string FolderVariable = "SAFEDB_TEST_RESTORE_LOOP";
    private const int SampleKills = 6;
    private const int AllKills = 50;

    [Theory]
    [InlineData("DELETE")]
    [InlineData("WAL")]
    public async Task A_kill_at_any_moment_leaves_the_old_or_the_new_database(string mode)
    {
        await using var engine = new SqliteEngine();
        foreach (string name in (string[])["red", "blue"])
        {
            Tool.Sqlite(
                engine.PathOf(name + ".db"),
                $"PRAGMA journal_mode={mode}; CREATE TABLE marker(colour); INSERT INTO marker VALUES ('{name}'); CREATE TABLE t(a, c);"
                + $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<20000) INSERT INTO t SELECT hex(randomblob(50)), '{name}' FROM n;");
        }

        File.Copy(engine.PathOf("red.db"), engine.PathOf("live.db"));
        int kills = LongTests.Enabled ? AllKills / 2 : SampleKills / 2;
        var random = new Random(4711);
        for (int i = 0; i < kills; i++)
        {
            await RunAndKillAsync(engine.Folder, random.Next(5, 600));
            string live = engine.PathOf("live.db");
            Assert.Equal("ok", Tool.Sqlite(live, "PRAGMA integrity_check;").Trim());
            string[] seen = Tool.Sqlite(live, "SELECT colour, (SELECT count(*) FROM t WHERE c = colour), (SELECT count(*) FROM t) FROM marker;").Trim().Split('|');
            Assert.Contains(seen[0], (string[])["red", "blue"]);
            Assert.Equal(["20000", "20000"], seen[1..]);
        }

        // The next restore removes what the killed ones left.
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("red.db"));
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.Address("live.db"), RestoreMode.Replace)))
            await target.CommitAsync(CancellationToken.None);
        Assert.DoesNotContain(await engine.ListEverythingAsync(), name => name.StartsWith("safedb-", StringComparison.Ordinal) || name.StartsWith("live.db-", StringComparison.Ordinal));
    }

    /// <summary>The one moment that chance does not find: strace kills the process as it enters the rename, after the live database got its second name.</summary>
    [Fact]
    public async Task A_kill_between_the_two_names_is_cleaned_up_by_the_next_run()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("red.db"), "CREATE TABLE marker(colour); INSERT INTO marker VALUES ('red');");
        Tool.Sqlite(engine.PathOf("blue.db"), "CREATE TABLE marker(colour); INSERT INTO marker VALUES ('blue');");
        File.Copy(engine.PathOf("red.db"), engine.PathOf("live.db"));
        File.Copy(engine.PathOf("red.db"), engine.PathOf("live.db.before-20200101T000000Z"));
        ProcessStartInfo start = Loop(engine.Folder);
        string[] options = ["-f", "-qq", "-o", engine.PathOf("trace"), "-e", "trace=/^rename", "-e", "inject=/^rename:error=EIO:signal=SIGKILL", start.FileName, .. start.ArgumentList];
        start = new ProcessStartInfo("strace", options) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[FolderVariable] = engine.Folder;
        await TraceAsync(start);

        string left = Assert.Single(Directory.GetFiles(engine.Folder, "live.db.before-*"), name => !name.EndsWith("20200101T000000Z", StringComparison.Ordinal));
        Assert.Equal(Tool.Run("stat", string.Empty, "-c", "%i", left), Tool.Run("stat", string.Empty, "-c", "%i", engine.PathOf("live.db")));
        Assert.Equal("ok|red", Tool.Sqlite(engine.PathOf("live.db"), "SELECT integrity_check, colour FROM pragma_integrity_check, marker;").Trim());

        // Any next run that works in the folder, a backup for one; a name that keeps another file is not touched.
        await MemoryArchive.TakeAsync(engine.Provider, engine.Address("live.db"));
        Assert.False(File.Exists(left));
        Assert.Equal(["blue.db", "live.db", "live.db.before-20200101T000000Z", "red.db", "started", "trace"], await engine.ListEverythingAsync());
        Assert.Equal("ok|red", Tool.Sqlite(engine.PathOf("live.db"), "SELECT integrity_check, colour FROM pragma_integrity_check, marker;").Trim());
    }

    /// <summary>The process that is killed: this test, started again with a folder in its environment.</summary>
    [Fact]
    public async Task Restore_loop_of_the_killed_process()
    {
        string? folder = Environment.GetEnvironmentVariable(FolderVariable);
        Assert.SkipWhen(folder is null, "runs only in the process that the kill test starts");
        var provider = new SafeDb.Sqlite.SqliteProvider();
        SafeDb.Addresses.DatabaseAddress At(string name) => provider.TryParse("sqlite:" + Path.Combine(folder!, name))!;
        MemoryArchive[] archives = [await MemoryArchive.TakeAsync(provider, At("blue.db")), await MemoryArchive.TakeAsync(provider, At("red.db"))];
        await File.WriteAllTextAsync(Path.Combine(folder!, "started"), string.Empty, CancellationToken.None);
        for (int i = 0; ; i++)
        {
            await using IRestoreTarget target = await archives[i % 2].RestoreAsync(provider, new RestoreRequest(At("live.db"), RestoreMode.Replace));
            RestoreCommit commit = await target.CommitAsync(CancellationToken.None);
            File.Delete(commit.Previous!);
            await File.AppendAllTextAsync(Path.Combine(folder!, "restores"), i.ToString(CultureInfo.InvariantCulture) + "\n", CancellationToken.None);
        }
    }

    private static async Task RunAndKillAsync(string folder, int milliseconds)
    {
        string started = Path.Combine(folder, "started");
        File.Delete(started);
        ProcessStartInfo start = Loop(folder);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        var limit = Stopwatch.StartNew();
        while (!File.Exists(started))
        {
            Assert.False(process.HasExited && limit.Elapsed > TimeSpan.FromSeconds(1), process.HasExited ? await output : string.Empty);
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(60), "the restoring process did not start");
            await Task.Delay(5);
        }

        await Task.Delay(milliseconds);
        Assert.False(process.HasExited, process.HasExited ? await output : string.Empty);
        process.Kill();
        await process.WaitForExitAsync();
    }

    private static ProcessStartInfo Loop(string folder)
    {
        string program = Path.ChangeExtension(typeof(SqliteKillTests).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null)!;
        var start = new ProcessStartInfo(program, ["-method", $"{typeof(SqliteKillTests).FullName}.{nameof(Restore_loop_of_the_killed_process)}"])
        {
            UseShellExecute = false, RedirectStandardOutput = true,
        };
        start.Environment[FolderVariable] = folder;
        return start;
    }

    private static async Task TraceAsync(ProcessStartInfo start)
    {
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("strace is not installed");
            throw;
        }

        using (process)
        {
            string output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.SkipWhen(output.Contains("PTRACE", StringComparison.Ordinal), "this machine does not let a process be traced");
            Assert.Equal(128 + 9, process.ExitCode);
        }
    }
}
