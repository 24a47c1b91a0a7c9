using SafeDb.Migration.Run;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>Five migrations on PostgreSQL that are taken back, and a death or a cut connection at every call: of all five, and of four with one that stays.</summary>
public sealed class PostgreSqlUndoFaultTests(PostgresCluster cluster) : IAsyncLifetime
{
    private readonly FaultServer _server = new(cluster);
    private readonly string _migrations = FaultFolder.Write(concurrently: true);
    private string _template = "";

    public async ValueTask InitializeAsync()
    {
        TestDatabase template = await cluster.CreateDatabaseAsync();
        _template = template.Name;
        await template.ExecuteAsync($"{FaultFolder.Shop} {string.Join(';', FaultFolder.Rows)}");
        await new FaultBench(_migrations).ApplyAsync(template.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync(_template);
        Directory.Delete(_migrations, recursive: true);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("001")]
    public async Task A_killed_process_leaves_an_undo_that_one_call_finishes(string to)
    {
        var bench = new FaultBench(_migrations, to);
        FaultScale scale = await MeasureAsync(bench);
        foreach (int point in FaultBench.Points(scale, sample: 2))
        {
            string address = await FreshAsync();
            await bench.KillAndJudgeAsync(address, scale, point);
            await DropAsync(address);
        }

        bench.Report($"PostgreSQL, undo to {to}, process killed");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("001")]
    public async Task A_cut_connection_leaves_an_undo_that_one_call_finishes(string to)
    {
        var bench = new FaultBench(_migrations, to);
        FaultScale scale = await MeasureAsync(bench);
        foreach (int point in FaultBench.Points(scale, sample: 4))
        {
            string address = await FreshAsync();
            (MigrationRun run, _) = await bench.RunAsync(address, point, _server.Cut);
            bench.Count($"ended as {run.Outcome}");
            await bench.JudgeAsync(address, scale, point, run);
            await DropAsync(address);
        }

        bench.Report($"PostgreSQL, undo to {to}, connection cut");
    }

    private async Task<FaultScale> MeasureAsync(FaultBench bench)
    {
        string address = await FreshAsync();
        FaultScale scale = await bench.MeasureAsync(address);
        await DropAsync(address);
        return scale;
    }

    private async Task<string> FreshAsync() => (await cluster.CreateDatabaseAsync($"TEMPLATE {_template}")).Address;

    private Task DropAsync(string address) => cluster.ExecuteOnServerAsync($"DROP DATABASE {address[(address.LastIndexOf('/') + 1)..]} WITH (FORCE)");
}
