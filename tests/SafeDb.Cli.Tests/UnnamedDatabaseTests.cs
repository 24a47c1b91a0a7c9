namespace SafeDb.Cli.Tests;

/// <summary>A verb without a database means DATABASE_URL; when an entry of safedb.json has that very address, everything that the entry says holds too.</summary>
public sealed class UnnamedDatabaseTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cli-").FullName;

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await CliRun.Of(["demo", "--only-database", "shop.db"], _folder)).ExitCode);
        Directory.CreateDirectory(Path.Combine(_folder, "changes"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "changes", "001_one.up.sql"), "CREATE TABLE one (id INTEGER PRIMARY KEY);", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "changes", "001_one.down.sql"), "DROP TABLE one;", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "safedb.json"), """
            {
              "databases": {
                "other": { "address": "${NOT_SET_HERE}", "migrations": "./none" },
                "shop": { "address": "${DATABASE_URL}", "migrations": "./changes", "destination": "local" }
              },
              "destinations": { "local": { "address": "./backups" } }
            }
            """, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_plan_without_a_name_takes_the_folder_of_the_entry_that_has_the_address()
    {
        CliRun plan = await Run($"sqlite:{_folder}/shop.db", "migrate", "--plan", "plan.json");
        Assert.True(plan.ExitCode == 0, plan.Error);
        Assert.Contains("Apply 1 migration (001)", plan.Error, StringComparison.Ordinal);
        Assert.Contains("\"changes", (await File.ReadAllTextAsync(Path.Combine(_folder, "plan.json"), TestContext.Current.CancellationToken)).Replace(_folder + "/", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_no_entry_has_stands_alone()
    {
        File.Copy(Path.Combine(_folder, "shop.db"), Path.Combine(_folder, "second.db"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "safedb.json"), $$"""{ "databases": { "shop": { "address": "sqlite:{{_folder}}/shop.db", "migrations": "./changes" } } }""", TestContext.Current.CancellationToken);
        CliRun plan = await Run($"sqlite:{_folder}/second.db", "migrate", "--plan", "plan.json");
        Assert.Equal(2, plan.ExitCode);
        Assert.Contains("No folder of migrations", plan.Error, StringComparison.Ordinal);
    }

    private Task<CliRun> Run(string url, params string[] arguments) => CliRun.Of(arguments, _folder, new Dictionary<string, string>(StringComparer.Ordinal) { ["DATABASE_URL"] = url });
}
