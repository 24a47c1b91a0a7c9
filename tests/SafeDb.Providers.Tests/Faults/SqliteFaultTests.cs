using SafeDb.Providers.Tests.Sqlite;

using Xunit;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>Five migrations on SQLite, and a death or a full disk at every call.</summary>
public sealed class SqliteFaultTests : IDisposable
{
    private readonly string _migrations = FaultFolder.Write(concurrently: false);
    private readonly string _work = Directory.CreateTempSubdirectory("safedb-faults-").FullName;

    public void Dispose()
    {
        Directory.Delete(_migrations, recursive: true);
        Directory.Delete(_work, recursive: true);
    }

    [Fact]
    public async Task A_killed_process_leaves_what_one_call_finishes_or_reverts()
    {
        var bench = new FaultBench(_migrations);
        FaultScale scale = await bench.MeasureAsync(Fresh(_work));
        foreach (int point in FaultBench.Points(scale, sample: 3))
        {
            string address = Fresh(_work);
            await bench.KillAndJudgeAsync(address, scale, point);
        }

        bench.Report("SQLite, process killed");
    }

    [Fact]
    public async Task A_full_disk_leaves_what_one_call_finishes_or_reverts()
    {
        using var disk = SmallDisk.Mount(megabytes: 1);
        var bench = new FaultBench(_migrations);
        FaultScale scale = await bench.MeasureAsync(Fresh(disk.Folder));
        foreach (int point in FaultBench.Points(scale, sample: 10))
        {
            string address = Fresh(disk.Folder);
            (MigrationRun run, _) = await bench.RunAsync(address, point, _ => disk.Fill());
            disk.MakeRoom();
            bench.Count($"ended as {run.Outcome}");
            await bench.JudgeAsync(address, scale, point, run);
        }

        bench.Report("SQLite, disk full");
    }

    private static string Fresh(string folder)
    {
        string file = Path.Combine(folder, "shop.db");
        foreach (string old in Directory.EnumerateFiles(folder, "shop.db*"))
        {
            File.Delete(old);
        }

        Tool.Sqlite(file, $"{FaultFolder.Shop} begin; {string.Join(';', FaultFolder.Rows)}; commit;");
        return $"sqlite:{file}";
    }
}
