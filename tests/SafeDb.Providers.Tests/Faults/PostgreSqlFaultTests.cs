using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>Five migrations on PostgreSQL, and a death, a cut connection, a killed server or a full disk at every call. On a server of their own, because it is killed.</summary>
public sealed class PostgreSqlFaultTests : IAsyncLifetime
{
    private readonly PostgresCluster _cluster = new();
    private readonly FaultServer _server;
    private readonly string _migrations = FaultFolder.Write(concurrently: true);
    private string _template = "";

    public PostgreSqlFaultTests() => _server = new FaultServer(_cluster);

    public async ValueTask InitializeAsync()
    {
        await _cluster.EnsureStartedAsync();
        TestDatabase template = await _cluster.CreateDatabaseAsync();
        _template = template.Name;

        // The cluster of the tests does not wait for its log; a server that is killed would then lose what it had said was done.
        await _cluster.ExecuteOnServerAsync("ALTER ROLE postgres SET synchronous_commit = on");
        await template.ExecuteAsync($"{FaultFolder.Shop} {string.Join(';', FaultFolder.Rows)}");
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_migrations, recursive: true);
    }

    [Fact]
    public async Task A_killed_process_leaves_what_one_call_finishes_or_reverts()
    {
        var bench = new FaultBench(_migrations);
        FaultScale scale = await bench.MeasureAsync(await FreshAsync());
        foreach (int point in FaultBench.Points(scale, sample: 2))
        {
            string address = await FreshAsync();
            await bench.KillAndJudgeAsync(address, scale, point);
        }

        bench.Report("PostgreSQL, process killed");
    }

    [Fact]
    public async Task A_cut_connection_leaves_what_one_call_finishes_or_reverts()
    {
        var bench = new FaultBench(_migrations);
        FaultScale scale = await bench.MeasureAsync(await FreshAsync());
        foreach (int point in FaultBench.Points(scale, sample: 4))
        {
            string address = await FreshAsync();
            (MigrationRun run, _) = await bench.RunAsync(address, point, _server.Cut);
            bench.Count($"ended as {run.Outcome}");
            await bench.JudgeAsync(address, scale, point, run);
        }

        bench.Report("PostgreSQL, connection cut");
    }

    [Fact]
    public async Task A_killed_server_leaves_what_one_call_finishes_or_reverts()
    {
        var bench = new FaultBench(_migrations);
        FaultScale scale = await bench.MeasureAsync(await FreshAsync());
        foreach (int point in FaultBench.Points(scale, sample: 2))
        {
            string address = await FreshAsync();
            await _cluster.ExecuteOnServerAsync("CHECKPOINT");
            MigrationRun? run = null;
            try
            {
                (run, _) = await bench.RunAsync(address, point, _ => _server.Kill());
                bench.Count($"ended as {run.Outcome}");
            }
            catch (Errors.SafeDbException failure)
            {
                bench.Count($"ended by {failure.Id}");
            }

            await _server.RestartAsync();
            await bench.JudgeAsync(address, scale, point, run);
        }

        bench.Report("PostgreSQL, server killed");
    }

    [Fact]
    public async Task A_full_disk_leaves_what_one_call_finishes_or_reverts()
    {
        using var disk = SmallDisk.Mount(megabytes: 16);
        string space = Path.Combine(disk.Folder, "space");
        await _cluster.RunAsServerUserAsync(null, "mkdir", space);
        await _cluster.ExecuteOnServerAsync($"CREATE TABLESPACE small LOCATION '{space}'");
        var bench = new FaultBench(_migrations);
        string address = await FreshAsync("TABLESPACE small");
        FaultScale scale = await bench.MeasureAsync(address);
        await DropAsync(address);
        foreach (int point in FaultBench.Points(scale, sample: 3))
        {
            address = await FreshAsync("TABLESPACE small");
            (MigrationRun run, _) = await bench.RunAsync(address, point, _ => disk.Fill());
            disk.MakeRoom();
            bench.Count($"ended as {run.Outcome}");
            await bench.JudgeAsync(address, scale, point, run);
            await DropAsync(address);
        }

        await _cluster.ExecuteOnServerAsync("DROP TABLESPACE small");
        bench.Report("PostgreSQL, disk full");
    }

    private async Task<string> FreshAsync(string options = "") => (await _cluster.CreateDatabaseAsync($"TEMPLATE {_template} {options}")).Address;

    private Task DropAsync(string address) => _cluster.ExecuteOnServerAsync($"DROP DATABASE {address[(address.LastIndexOf('/') + 1)..]} WITH (FORCE)");
}
