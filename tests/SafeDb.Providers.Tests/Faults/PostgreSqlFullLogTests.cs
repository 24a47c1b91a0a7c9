using SafeDb.Migration.Run;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>Five migrations on a PostgreSQL whose disk of the write-ahead log becomes full: the server itself goes down, and comes back when there is room.</summary>
public sealed class PostgreSqlFullLogTests : IAsyncDisposable
{
    private readonly string _migrations = FaultFolder.Write(concurrently: true);
    private SmallDisk? _disk;
    private PostgresCluster? _cluster;

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        _disk?.Dispose();
        Directory.Delete(_migrations, recursive: true);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    public async Task A_full_log_leaves_what_one_call_finishes_or_reverts(string? undoTo)
    {
        Assert.SkipUnless(LongTests.Enabled, "The server of a full log goes down at every point: only in the long tests.");
        _disk = SmallDisk.Mount(megabytes: 48);
        _cluster = new PostgresCluster { LogDirectory = Path.Combine(_disk.Folder, "log") };
        var server = new FaultServer(_cluster);
        TestDatabase template = await _cluster.CreateDatabaseAsync();
        await _cluster.ExecuteOnServerAsync("ALTER ROLE postgres SET synchronous_commit = on");
        await template.ExecuteAsync($"{FaultFolder.Shop} {string.Join(';', FaultFolder.Rows)}");
        var bench = new FaultBench(_migrations, undoTo);
        if (undoTo is not null)
        {
            await bench.ApplyAsync(template.Address);
        }

        FaultScale scale = await bench.MeasureAsync(await FreshAsync(template));
        int before = Panics();
        foreach (int point in FaultBench.Points(scale, sample: 3))
        {
            string address = await FreshAsync(template);
            await _cluster.ExecuteOnServerAsync("CHECKPOINT");
            MigrationRun? run = null;
            try
            {
                (run, _) = await bench.RunAsync(address, point, _ =>
                {
                    _disk.Fill();
                    server.UseUpLog();
                });
                bench.Count($"ended as {run.Outcome}");
            }
            catch (Errors.SafeDbException failure)
            {
                bench.Count($"ended by {failure.Id}");
            }

            _disk.MakeRoom();
            await server.RestartAsync();
            await bench.JudgeAsync(address, scale, point, run);
            await _cluster.ExecuteOnServerAsync($"DROP DATABASE {address[(address.LastIndexOf('/') + 1)..]} WITH (FORCE)");
        }

        int panics = Panics() - before;
        Assert.True(panics > 0, "the log was never full");
        bench.Count($"run with {panics} panics of the server");
        bench.Report($"PostgreSQL, log full{(undoTo is null ? "" : ", undo")}");
    }

    /// <summary>How often the server went down because the log's disk was full.</summary>
    private int Panics() =>
        File.ReadLines(Path.Combine(_cluster!.SocketDirectory, "log")).Count(line => line.Contains("PANIC", StringComparison.Ordinal) && line.Contains("No space left on device", StringComparison.Ordinal));

    /// <summary>Copied by files, so that the copy needs no room in the log.</summary>
    private async Task<string> FreshAsync(TestDatabase template) => (await _cluster!.CreateDatabaseAsync($"TEMPLATE {template.Name} STRATEGY file_copy")).Address;
}
