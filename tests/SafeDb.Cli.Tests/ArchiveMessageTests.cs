namespace SafeDb.Cli.Tests;

/// <summary>What is said of archives and places that are not as they should be: what happened, once, and what there is instead.</summary>
public sealed class ArchiveMessageTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cli-").FullName;
    private string _archive = string.Empty;

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await Run("demo", "--only-database", "shop.db")).ExitCode);
        _archive = (await Run("backup", "sqlite:./shop.db", "--destination", "backups", "--passphrase-env", "P", "--output", "json")).Json.GetProperty("backup").GetString()!;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Damage_is_named_by_what_it_is_and_only_once()
    {
        byte[] whole = await File.ReadAllBytesAsync(_archive, TestContext.Current.CancellationToken);
        Assert.Contains("Archive.Damaged: The archive is damaged at its end: 1 byte that the writer did not write follows it.", await Of([.. whole, 0]), StringComparison.Ordinal);
        Assert.Contains("3 bytes that the writer did not write follow it.", await Of([.. whole, 1, 2, 3]), StringComparison.Ordinal);
        Assert.Contains("Archive.Damaged: The archive is damaged at its first bytes:", await Of([(byte)(whole[0] ^ 1), .. whole[1..]]), StringComparison.Ordinal);
        Assert.Contains("Archive.NotAnArchive", await Of(new byte[5000]), StringComparison.Ordinal);
        string cut = await Of(whole[..^50]);
        Assert.Contains("Archive.Incomplete", cut, StringComparison.Ordinal);
        Assert.Equal(2, cut.Split("The archive's end is missing").Length);
    }

    [Fact]
    public async Task A_table_that_is_not_there_is_answered_with_those_that_are()
    {
        CliRun run = await Run("restore", _archive, "sqlite:./other.db", "--table", "order_lgo", "--passphrase-env", "P");
        Assert.Contains("No table of the archive matches order_lgo. It has order_log, order_lines, orders", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_destination_that_is_a_file_is_called_one()
    {
        foreach (string[] verb in new[] { new[] { "backup", "sqlite:./shop.db", "--passphrase-env", "P" }, ["backups"] })
        {
            CliRun run = await Run([.. verb, "--destination", "./shop.db"]);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("Folder.NotAFolder", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Pruning_removes_what_a_killed_backup_left_and_says_so()
    {
        Assert.Equal(0, (await Run("backup", "sqlite:./shop.db", "--destination", "backups", "--passphrase-env", "P")).ExitCode);
        string remains = Path.Combine(_folder, "backups", ".crm-20260101T000000000Z-0badf00d.safedb.00.safedb-partial");
        string[] prune = ["prune", "--destination", "backups", "--passphrase-env", "P", "--keep-last", "1", "--keep-minimum", "0"];
        await File.WriteAllTextAsync(remains, "half", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(remains, DateTime.UtcNow.AddDays(-2));
        Assert.Equal(0, (await Run([.. prune, "--what-if"])).ExitCode);
        Assert.True(File.Exists(remains));
        CliRun done = await Run([.. prune, "--yes", "--verbose"]);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.False(File.Exists(remains));
        Assert.Contains("what an interrupted backup left", done.Error, StringComparison.Ordinal);
    }

    private async Task<string> Of(byte[] bytes)
    {
        string path = Path.Combine(_folder, "shop-20260101T000000000Z-0badf00d.safedb");
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        CliRun run = await Run("test", path, "--passphrase-env", "P");
        Assert.Equal(1, run.ExitCode);
        return run.Error.Replace("error ", string.Empty, StringComparison.Ordinal);
    }

    private Task<CliRun> Run(params string[] arguments) =>
        CliRun.Of(arguments, _folder, new Dictionary<string, string>(StringComparer.Ordinal) { ["P"] = "correct horse battery staple" });
}
