using SafeDb.Migration.Run;
using SafeDb.Providers.Tests.Sqlite;

using Xunit;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>Five migrations on SQLite that are taken back, and a death or a full disk at every call: of all five, and of four with one that stays.</summary>
public sealed class SqliteUndoFaultTests : IAsyncLifetime
{
    private readonly string _migrations = FaultFolder.Write(concurrently: false);
    private readonly string _work = Directory.CreateTempSubdirectory("safedb-faults-").FullName;

    private string Template => Path.Combine(_work, "template.db");

    public async ValueTask InitializeAsync()
    {
        Tool.Sqlite(Template, $"{FaultFolder.Shop} begin; {string.Join(';', FaultFolder.Rows)}; commit;");
        await new FaultBench(_migrations).ApplyAsync($"sqlite:{Template}");
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_migrations, recursive: true);
        Directory.Delete(_work, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("0")]
    [InlineData("001")]
    public async Task A_killed_process_leaves_an_undo_that_one_call_finishes(string to)
    {
        var bench = new FaultBench(_migrations, to);
        FaultScale scale = await bench.MeasureAsync(Fresh(_work));
        foreach (int point in FaultBench.Points(scale, sample: 2))
        {
            await bench.KillAndJudgeAsync(Fresh(_work), scale, point);
        }

        bench.Report($"SQLite, undo to {to}, process killed");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("001")]
    public async Task A_full_disk_leaves_an_undo_that_one_call_finishes(string to)
    {
        using var disk = SmallDisk.Mount(megabytes: 1);
        var bench = new FaultBench(_migrations, to);
        FaultScale scale = await bench.MeasureAsync(Fresh(disk.Folder));
        foreach (int point in FaultBench.Points(scale, sample: 5))
        {
            string address = Fresh(disk.Folder);
            (MigrationRun run, _) = await bench.RunAsync(address, point, _ => disk.Fill());
            disk.MakeRoom();
            bench.Count($"ended as {run.Outcome}");
            await bench.JudgeAsync(address, scale, point, run);
        }

        bench.Report($"SQLite, undo to {to}, disk full");
    }

    private string Fresh(string folder)
    {
        string file = Path.Combine(folder, "shop.db");
        foreach (string old in Directory.EnumerateFiles(folder, "shop.db*"))
        {
            File.Delete(old);
        }

        File.Copy(Template, file);
        return $"sqlite:{file}";
    }
}
