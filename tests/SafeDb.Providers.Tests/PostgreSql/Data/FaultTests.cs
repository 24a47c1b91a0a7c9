using System.Diagnostics;
using System.Globalization;

using Npgsql;

using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>
/// Kills the process, its sessions and the server at random moments of backup, restore and swap. Whatever dies: the live database is there under its name with one whole
/// state, nothing that failed says that it worked, and the next attempt works and clears away what was left.
/// </summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string LoopVariable = "SAFEDB_TEST_PG_RESTORE_LOOP";
    private const int Rows = 6000;
    private readonly PostgresCluster _cluster = new();
    private readonly Random _random = new(20240611);

    private static int Faults(int sample) => LongTests.Enabled ? 100 : sample;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A server of its own: it is killed.</summary>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Killing_the_process_at_any_moment_leaves_one_whole_state()
    {
        await SetUpAsync();
        for (int i = 0; i < Faults(3); i++)
        {
            await RunAndKillAsync(_random.Next(0, 1500));
            await AssertWholeAsync();
        }

        await AssertNextAttemptWorksAsync();
    }

    [Fact]
    public async Task Ending_sessions_at_any_moment_never_makes_a_wrong_success()
    {
        await SetUpAsync();
        for (int i = 0; i < Faults(4); i++)
        {
            string wanted = i % 2 == 0 ? "red" : "blue";
            Task fault = EndSessionsAfterAsync(_random.Next(0, 900), i % 3 == 0 ? null : _random.Next(0, 4));
            bool done = await TryRestoreAsync(wanted);
            await fault;
            string now = await AssertWholeAsync();
            Assert.True(!done || now == wanted, $"the restore of {wanted} said that it worked, and the database is {now}");
        }

        await AssertNextAttemptWorksAsync();
    }

    [Fact]
    public async Task Killing_the_server_at_any_moment_leaves_one_whole_state()
    {
        await SetUpAsync();
        for (int i = 0; i < Faults(2); i++)
        {
            string wanted = i % 2 == 0 ? "red" : "blue";
            Task<bool> restore = TryRestoreAsync(wanted);
            await Task.Delay(_random.Next(0, 1200));
            using (Process server = Process.GetProcessById(_cluster.ServerProcessId))
                server.Kill();
            bool done = await restore;
            await StartServerAsync();
            string now = await AssertWholeAsync();
            Assert.True(!done || now == wanted, $"the restore of {wanted} said that it worked, and the database is {now}");
        }

        await AssertNextAttemptWorksAsync();
    }

    /// <summary>The process that is killed: this test, started again with the server's port in its environment.</summary>
    [Fact]
    public async Task Restore_loop_of_the_killed_process()
    {
        string? port = Environment.GetEnvironmentVariable(LoopVariable);
        Assert.SkipWhen(port is null, "runs only in the process that the kill test starts");
        for (int i = 0; ; i++)
            await RestoreAsync(int.Parse(port!, CultureInfo.InvariantCulture), i % 2 == 0 ? "red" : "blue", i == 0 ? () => File.WriteAllText(StartedFile(port!), "") : null);
    }

    // Where nobody waits for the dead server it stays as a zombie that its own lock file takes for alive. The shared memory still tells whether one of its children lives.
    private async Task StartServerAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            File.Delete(Path.Combine(_cluster.SocketDirectory, "data", "postmaster.pid"));
            try
            {
                await _cluster.RestartAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < 30)
            {
                await Task.Delay(200);
            }
        }
    }

    private static string StartedFile(string port) => Path.Combine(Path.GetTempPath(), $"safedb-pg-loop-{port}");

    private async Task SetUpAsync()
    {
        await _cluster.EnsureStartedAsync();

        // The shared cluster's settings lose what was committed last when the server dies; SafeDb's own choice of durability is the subject here.
        await _cluster.ExecuteOnServerAsync("ALTER ROLE postgres SET synchronous_commit = on");
        foreach (string name in new[] { "red", "blue", "live" })
        {
            await _cluster.ExecuteOnServerAsync($"CREATE DATABASE {name}");
            await new TestDatabase(_cluster, name).ExecuteAsync($"""
                CREATE TABLE marker (colour text); INSERT INTO marker VALUES ('{(name == "live" ? "red" : name)}');
                CREATE TABLE rows (id int PRIMARY KEY, colour text, filler text); INSERT INTO rows SELECT i, '{(name == "live" ? "red" : name)}', md5(i::text) FROM generate_series(1, {Rows}) i;
                CREATE INDEX ON rows (filler);
                """);
        }
    }

    private async Task<string> AssertWholeAsync()
    {
        var live = new TestDatabase(_cluster, "live");
        string[] seen = (await live.ScalarAsync<string>("SELECT colour || ',' || (SELECT count(*) FROM rows r WHERE r.colour = m.colour) || ',' || (SELECT count(*) FROM rows) FROM marker m"))!.Split(',');
        Assert.Equal([Rows.ToString(CultureInfo.InvariantCulture), Rows.ToString(CultureInfo.InvariantCulture)], seen[1..]);
        Assert.Contains(seen[0], new[] { "red", "blue" });
        return seen[0];
    }

    private async Task AssertNextAttemptWorksAsync()
    {
        await RestoreAsync(_cluster.Port, "blue", null);
        Assert.Equal("blue", await AssertWholeAsync());

        // A session of a killed process may need a moment to notice; its copy goes with the attempt after that.
        for (int i = 0; i < 20 && await new TestDatabase(_cluster, "live").ScalarAsync<long>("SELECT count(*) FROM pg_database WHERE datname ~ '_safedb_'") > 0; i++)
        {
            await Task.Delay(200);
            await RestoreAsync(_cluster.Port, "blue", null);
        }

        Assert.Equal(0L, await new TestDatabase(_cluster, "live").ScalarAsync<long>("SELECT count(*) FROM pg_database WHERE datname ~ '_safedb_'"));
    }

    private async Task<bool> TryRestoreAsync(string colour)
    {
        try
        {
            await RestoreAsync(_cluster.Port, colour, null);
            return true;
        }
        catch (SafeDbException)
        {
            return false;
        }
    }

    private static async Task RestoreAsync(int port, string colour, Action? begun)
    {
        MemoryArchive archive = await MemoryArchive.BackupAsync($"postgresql://postgres@127.0.0.1:{port}/{colour}");
        begun?.Invoke();
        var request = new RestoreRequest(new PostgreSqlProvider().TryParse($"postgresql://postgres@127.0.0.1:{port}/live")!, RestoreMode.Replace) { Jobs = 2 };
        await using IRestoreTarget target = await Drill.RestoreAsync(archive, request);
        await Drill.AssertEqualAsync(archive.Manifest, target);
        RestoreCommit commit = await target.CommitAsync(default);
        await DropAsync(port, commit.Previous!);
    }

    // The restore is done by then; a server that dies now leaves the old database under its dated name, which hurts nobody.
    private static async Task DropAsync(int port, string database)
    {
        try
        {
            await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Pooling=false");
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"DROP DATABASE \"{database}\" WITH (FORCE)", connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (NpgsqlException died) when (died is not PostgresException { SqlState: not PostgresErrorCodes.AdminShutdown and not PostgresErrorCodes.CannotConnectNow })
        {
        }
    }

    /// <summary>Ends all of SafeDb's sessions at once, or one of them alone.</summary>
    private async Task EndSessionsAfterAsync(int milliseconds, int? only)
    {
        await Task.Delay(milliseconds);
        await _cluster.ExecuteOnServerAsync(
            "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE application_name = 'SafeDb' ORDER BY backend_start "
            + (only is { } position ? string.Create(CultureInfo.InvariantCulture, $"OFFSET {position} LIMIT 1") : "") + ") s");
    }

    private async Task RunAndKillAsync(int milliseconds)
    {
        string port = _cluster.Port.ToString(CultureInfo.InvariantCulture);
        File.Delete(StartedFile(port));
        string program = Path.ChangeExtension(typeof(FaultTests).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null)!;
        var start = new ProcessStartInfo(program, ["-method", $"{typeof(FaultTests).FullName}.{nameof(Restore_loop_of_the_killed_process)}"]) { RedirectStandardOutput = true };
        start.Environment[LoopVariable] = port;
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1"; // as the program safedb sets them
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "64";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        var limit = Stopwatch.StartNew();
        while (!File.Exists(StartedFile(port)))
        {
            Assert.False(process.HasExited, process.HasExited ? await output : "");
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(60), "the restoring process did not start");
            await Task.Delay(10);
        }

        await Task.Delay(milliseconds);
        Assert.False(process.HasExited, process.HasExited ? await output : "");
        process.Kill();
        await process.WaitForExitAsync();
        File.Delete(StartedFile(port));
    }
}
