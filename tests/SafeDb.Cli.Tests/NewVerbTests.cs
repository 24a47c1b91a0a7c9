using System.Text.Json;

namespace SafeDb.Cli.Tests;

/// <summary>Migrations that are begun from the command line.</summary>
public sealed class NewVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_files_are_made_with_the_next_number_and_named()
    {
        CliRun shown = await CliRun.Of(["new", "add orders", "migrations", "--what-if"], _folder);
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("001_add_orders.up.sql", shown.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "migrations")));

        Assert.Equal(0, (await CliRun.Of(["new", "add orders", "migrations"], _folder)).ExitCode);
        JsonElement made = (await CliRun.Of(["new", "next", "migrations", "--output", "json"], _folder)).Json;
        Assert.Equal("002", made.GetProperty("id").GetString());
        Assert.All(made.GetProperty("files").EnumerateArray(), file => Assert.True(File.Exists(file.GetString())));
        Assert.Equal(3, made.GetProperty("files").GetArrayLength());
    }

    [Fact]
    public async Task Folder_and_format_come_from_the_configuration()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "safedb.json"), """
            { "databases": { "shop": { "address": "sqlite:./none.db", "migrations": "./sql", "format": "flyway" } }, "defaultDatabase": "shop" }
            """, TestContext.Current.CancellationToken);
        CliRun made = await CliRun.Of(["new", "init", "--output", "json"], _folder);
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal(["U1__init.sql", "V1__init.sql"], Directory.GetFiles(Path.Combine(_folder, "sql")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.False(File.Exists(Path.Combine(_folder, "none.db")));
    }

    [Fact]
    public async Task A_difference_is_written_once_and_then_there_is_none()
    {
        Assert.Equal(0, (await CliRun.Of(["demo", "--only-database", "shop.db"], _folder)).ExitCode);
        string[] verb = ["new", "from shop", "migrations", "--from-difference", "sqlite:./shop.db"];
        string[] before = Directory.GetFileSystemEntries(_folder);
        Assert.Equal(0, (await CliRun.Of([.. verb, "--what-if"], _folder)).ExitCode);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder));

        CliRun made = await CliRun.Of([.. verb, "--output", "json"], _folder);
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal(0, made.Json.GetProperty("leftOut").GetArrayLength());
        Assert.Contains("CREATE TABLE orders(", await File.ReadAllTextAsync(made.Json.GetProperty("files")[0].GetString()!, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(["migrations", "shop.db"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        CliRun none = await CliRun.Of(verb, _folder);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("Migration.NoDifference", none.Error, StringComparison.Ordinal);
    }
}
