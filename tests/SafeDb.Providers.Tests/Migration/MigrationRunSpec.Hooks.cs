using System.Net;
using System.Text.Json;

using SafeDb.Configuration;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

public abstract partial class MigrationRunSpec
{
    [Fact]
    public async Task A_failing_hook_before_stops_the_run_and_one_that_hangs_is_ended()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the commands are of a Unix shell");
        Five();

        MigrationRun failing = await HookedAsync(new HookSettings { Before = ["exit 7"] });
        long begin = System.Diagnostics.Stopwatch.GetTimestamp();
        MigrationRun hanging = await HookedAsync(new HookSettings { Before = ["sleep 60"], Timeout = TimeSpan.FromMilliseconds(300) });

        Assert.Equal((MigrationOutcome.Stopped, "Migration.HookFailed"), (failing.Outcome, failing.Error!.Id));
        Assert.Contains("exit code 7", failing.Error.Message, StringComparison.Ordinal);
        Assert.Equal((MigrationOutcome.Stopped, "Migration.HookFailed"), (hanging.Outcome, hanging.Error!.Id));
        Assert.Contains("did not end within", hanging.Error.Message, StringComparison.Ordinal);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(30));
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task Hooks_are_told_of_the_moments_and_one_afterwards_only_warns()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the commands are of a Unix shell");
        Five();
        string told = Path.Combine(Folder, "told.txt");
        var moments = new List<(RunMoment, MigrationOutcome)>();
        var hooks = new HookSettings
        {
            Before = [$"echo \"$SAFEDB_MOMENT\" >> '{told}'"], After = [$"echo \"$SAFEDB_MOMENT $SAFEDB_OUTCOME $SAFEDB_MIGRATIONS\" >> '{told}'", "exit 3"],
        };

        MigrationRun run = await HookedAsync(hooks, (moment, state, _) =>
        {
            moments.Add((moment, state.Outcome));
            return Task.CompletedTask;
        });

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal(["before", "after Applied 001,002,003,004,005"], await File.ReadAllLinesAsync(told, TestContext.Current.CancellationToken));
        Assert.Contains(run.Warnings, warning => warning.Contains("exit code 3", StringComparison.Ordinal));
        Assert.Equal(RunMoment.Before, Assert.Single(moments).Item1);
    }

    [Fact]
    public async Task A_callback_that_throws_before_stops_and_the_failure_hook_runs_after_a_failure()
    {
        Five();
        Write("003_c.up.sql", "create table c (id integer primary key); insert into no_such_table values (1);");
        var moments = new List<(RunMoment, MigrationOutcome)>();

        MigrationRun stopped = await HookedAsync(new HookSettings(), (_, _, _) => throw new InvalidOperationException("not today"), rehearse: false);
        MigrationRun failed = await HookedAsync(
            new HookSettings(),
            (moment, state, _) =>
            {
                moments.Add((moment, state.Outcome));
                return Task.CompletedTask;
            },
            rehearse: false);

        Assert.Equal("Migration.HookFailed", stopped.Error!.Id);
        Assert.Contains("not today", stopped.Error.Message, StringComparison.Ordinal);
        Assert.Equal(MigrationOutcome.RolledBack, failed.Outcome);
        Assert.Equal((RunMoment.Failure, MigrationOutcome.RolledBack), moments[^1]);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(503)]
    public async Task A_health_check_that_fails_takes_the_migration_back_and_the_webhook_gets_the_summary(int status)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the commands are of a Unix shell");
        Five();
        string before = await StateAsync();
        using var server = new LoopbackServer(status);
        var hooks = new HookSettings { HealthChecks = [server.Address + "health", "exit 0"], Webhooks = [server.Address + "hook/secret-part"] };

        MigrationRun run = await HookedAsync(hooks);

        Assert.Contains("/health", server.Requests.Select(request => request.Path));
        (string _, string body) = server.Requests.Single(request => request.Path == "/hook/secret-part");
        using JsonDocument summary = JsonDocument.Parse(body);
        if (status == 200)
        {
            Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
            Assert.Equal("Applied", summary.RootElement.GetProperty("outcome").GetString());
            Assert.Equal(5, summary.RootElement.GetProperty("migrations").GetArrayLength());
            Assert.All(run.Checks.Where(check => check.Name.StartsWith("health", StringComparison.Ordinal)), check => Assert.True(check.Passed));
        }
        else
        {
            Assert.Equal(MigrationOutcome.RolledBack, run.Outcome);
            Assert.Equal("Migration.VerifyFailed", run.Error!.Target);
            Assert.Equal("RolledBack", summary.RootElement.GetProperty("outcome").GetString());
            Assert.Equal(before, await StateAsync());
            Assert.Contains(run.Warnings, warning => warning.Contains("503", StringComparison.Ordinal) && !warning.Contains("secret-part", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_invariant_that_breaks_and_a_probe_that_no_longer_fits_are_found_in_rehearsal()
    {
        Write("001_a.up.sql", "alter table orders rename column note to remark;");
        Write("001_a.down.sql", "alter table orders rename column remark to note;");
        var probe = new DatabaseSettings { Address = "x", QueryProbes = ["select note from orders where id = 7"] };
        var invariant = new DatabaseSettings { Address = "x", Invariants = [new InvariantSettings { Name = "fifty orders", Query = "select count(*) from orders", Expected = "51" }] };

        MigrationRun stopped = await Service().RunAsync(Command() with { Settings = probe }, null, Yes, TestContext.Current.CancellationToken);
        MigrationRun tolerated = await Service().RunAsync(Command() with { Settings = invariant }, null, Yes, TestContext.Current.CancellationToken);

        Assert.Equal("Migration.RehearsalFailed", stopped.Error!.Id);
        Assert.Contains("query probe", stopped.Error.Message, StringComparison.Ordinal);

        // It did not hold before, so it is not the migration's fault; the run says so.
        Assert.True(tolerated.Outcome == MigrationOutcome.Applied, tolerated.Error?.Message);
        Assert.Contains(tolerated.Warnings, warning => warning.Contains("fifty orders", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_probe_whose_index_goes_is_reported_with_both_plans()
    {
        await ExecuteAsync("create index orders_note on orders (note)");
        Write("001_a.up.sql", "drop index orders_note;");
        Write("001_a.down.sql", "create index orders_note on orders (note);");
        var settings = new DatabaseSettings { Address = "x", QueryProbes = ["select count(*) from orders where note = 'note 7'", "delete from orders"] };

        MigrationRun run = await Service().RunAsync(Command() with { Settings = settings }, null, Yes, TestContext.Current.CancellationToken);

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        ProbeResult probe = Assert.Single(run.Probes);
        Assert.NotEmpty(probe.PlanBefore);
        Assert.NotEmpty(probe.PlanAfter);

        // A probe that would write cannot.
        Assert.Equal("50", await ScalarAsync("select count(*) from orders"));
    }

    private Task<MigrationRun> HookedAsync(HookSettings hooks, RunCallback? callback = null, bool rehearse = true) => Service().RunAsync(
        Command(rehearse: rehearse) with { Settings = new DatabaseSettings { Address = "x", Hooks = hooks }, Callback = callback }, null, Yes, TestContext.Current.CancellationToken);

    /// <summary>Answers every request with one status, and keeps what it was asked.</summary>
    private sealed class LoopbackServer : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly int _status;

        public LoopbackServer(int status)
        {
            _status = status;
            Address = $"http://127.0.0.1:{FreePort()}/";
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }

        public List<(string Path, string Body)> Requests { get; } = [];

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    HttpListenerContext context = await _listener.GetContextAsync();
                    using var reader = new StreamReader(context.Request.InputStream);
                    Requests.Add((context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync()));
                    context.Response.StatusCode = _status;
                    context.Response.Close();
                }
                catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }

        private static int FreePort()
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
    }
}
