using System.Text.Json;

namespace SafeDb.Cli.Tests;

/// <summary>Ctrl+C in a run: what is left is named, what had begun is taken back, and the exit code is that of a stop.</summary>
public sealed class StoppedRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Before_the_database_is_touched_the_backup_that_was_taken_is_named()
    {
        (JsonElement run, CliRun stopped) = await StopAtAsync("rehearsal, statement 001");

        string archive = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "backups"), "*.safedb"));
        JsonElement error = run.GetProperty("error");
        Assert.Equal(("Stopped", "General.Cancelled"), (run.GetProperty("outcome").GetString(), error.GetProperty("id").GetString()));
        Assert.Equal(Path.GetFileName(archive), Path.GetFileName(error.GetProperty("safetyBackup").GetString()));
        Assert.Contains(Path.GetFileName(archive), stopped.Error, StringComparison.Ordinal);
        string report = await File.ReadAllTextAsync(run.GetProperty("evidence").EnumerateArray().Select(file => file.GetString()!).Single(file => file.EndsWith(".md", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Contains("A backup was taken, and the run ended before it counted as proved", report, StringComparison.Ordinal);
        Assert.False(Directory.EnumerateFiles(_folder, "*safedb_*").Any(), "the copy is still there");
    }

    [Fact]
    public async Task In_the_middle_of_the_change_it_is_taken_back()
    {
        (JsonElement run, _) = await StopAtAsync("statement 001");

        Assert.Equal(("RolledBack", "Migration.StoppedAndTakenBack"), (run.GetProperty("outcome").GetString(), run.GetProperty("error").GetProperty("id").GetString()));
        CliRun status = await Run("status", "sqlite:./shop.db", "./migrations", "--output", "json");
        Assert.All(status.Json.EnumerateArray(), migration => Assert.Equal("Pending", migration.GetProperty("state").GetString()));
    }

    private async Task<(JsonElement Run, CliRun Stopped)> StopAtAsync(string line)
    {
        Assert.Equal(0, (await Run("demo", "--only-database", "shop.db")).ExitCode);
        Directory.CreateDirectory(Path.Combine(_folder, "migrations"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", "001_a.up.sql"), "create table a (id integer);\ncreate table b (id integer);\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", "001_a.down.sql"), "drop table b;\ndrop table a;\n", TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        CliRun stopped = await CliRun.Of(
            ["migrate", "sqlite:./shop.db", "./migrations", "--destination", "./backups", "--passphrase-env", "P", "--yes", "--verbose", "--output", "json"], _folder, Variables, stop: stop.Token,
            errors: new StoppingWriter(stop, line));
        Assert.True(stopped.ExitCode == 130, $"{stopped.ExitCode}: {stopped.Error}");
        return (stopped.Json, stopped);
    }

    private static Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { ["P"] = "correct horse battery staple" };

    private Task<CliRun> Run(params string[] arguments) => CliRun.Of(arguments, _folder, Variables);
}
