namespace SafeDb.Cli.Tests;

/// <summary>The scratch place of a database in safedb.json holds for every verb that makes a copy.</summary>
public sealed class ConfiguredScratchTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cli-").FullName;

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await Run(scratch: null, "demo", "--only-database", "shop.db")).ExitCode);
        Directory.CreateDirectory(Path.Combine(_folder, "migrations"));
        foreach (string name in (string[])["001_one", "002_two"])
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", name + ".up.sql"), $"CREATE TABLE t{name} (id INTEGER PRIMARY KEY);", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", name + ".down.sql"), $"DROP TABLE t{name};", TestContext.Current.CancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "safedb.json"), """
            {
              "databases": { "shop": { "address": "sqlite:./shop.db", "destination": "local", "migrations": "./migrations", "scratch": "${SCRATCH}" } },
              "defaultDatabase": "shop",
              "destinations": { "local": { "address": "./backups", "recipients": ["ops"] } },
              "recipients": { "ops": { "passphrase": "${P}" } }
            }
            """, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Backup_test_migrate_and_undo_make_their_copies_there()
    {
        const string missing = "sqlite:./missing/x.db";
        const string aside = "sqlite:./aside/x.db";
        Directory.CreateDirectory(Path.Combine(_folder, "aside"));
        await Refused(missing, "backup");
        CliRun taken = await Run(aside, "backup", "--output", "json");
        Assert.True(taken.ExitCode == 0, taken.Error);
        string archive = taken.Json.GetProperty("backup").GetString()!;

        await Refused(missing, "test", archive, "--database", "shop");
        await Done(aside, "test", archive, "--database", "shop");
        await Done(missing, "test", archive, "--database", "shop", "--scratch", aside);
        await Refused(missing, "migrate", "shop", "--backup", archive, "--yes");
        await Done(aside, "migrate", "shop", "--backup", archive, "--yes");
        await Refused(missing, "undo", "shop", "--yes");
        await Done(aside, "undo", "shop", "--yes");
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_folder, "aside")));
    }

    [Fact]
    public async Task Work_without_a_copy_does_not_need_its_variable()
    {
        await Done(scratch: null, "status", "shop");
        CliRun refused = await Run(scratch: null, "backup");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("scratch of database shop", refused.Error, StringComparison.Ordinal);
    }

    private async Task Done(string? scratch, params string[] arguments)
    {
        CliRun run = await Run(scratch, arguments);
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private async Task Refused(string scratch, params string[] arguments)
    {
        CliRun run = await Run(scratch, arguments);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(Path.Combine(_folder, "missing"), run.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> Run(string? scratch, params string[] arguments)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["P"] = "correct horse battery staple" };
        if (scratch is not null) variables["SCRATCH"] = scratch;
        return CliRun.Of(arguments, _folder, variables);
    }
}
