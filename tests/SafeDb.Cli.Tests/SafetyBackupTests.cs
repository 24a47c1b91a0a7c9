using System.Security.Cryptography;

namespace SafeDb.Cli.Tests;

/// <summary>The backup that a restore takes of the database it replaces is one like any other of its destination.</summary>
public sealed class SafetyBackupTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_is_protected_as_its_destination_says_or_nothing_is_replaced()
    {
        Assert.Equal(0, (await Run("demo", "--only-database", "shop.db")).ExitCode);
        CliRun taken = await Run("backup", "sqlite:./shop.db", "--destination", "./backups", "--passphrase-env", "P", "--output", "json");
        Assert.True(taken.ExitCode == 0, taken.Error);
        string archive = taken.Json.GetProperty("backup").GetString()!;

        // A folder cannot hold anything under a legal hold; so it is refused exactly when the safety backup asks for one.
        await File.WriteAllTextAsync(Path.Combine(_folder, "safedb.json"), """
            {
              "databases": { "shop": { "address": "sqlite:./shop.db", "destination": "held" } },
              "destinations": { "held": { "address": "./held", "recipients": ["ops"], "protection": { "legalHold": true } } },
              "recipients": { "ops": { "passphrase": "${P}" } }
            }
            """, TestContext.Current.CancellationToken);
        byte[] before = SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(_folder, "shop.db"), TestContext.Current.CancellationToken));
        CliRun refused = await Run("restore", archive, "shop", "--overwrite", "--yes");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Store.ProtectionUnsupported", refused.Error, StringComparison.Ordinal);
        Assert.Equal(before, SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(_folder, "shop.db"), TestContext.Current.CancellationToken)));
        CliRun done = await Run("restore", archive, "shop", "--overwrite", "--yes", "--no-safety-backup");
        Assert.True(done.ExitCode == 0, done.Error);
    }

    [Fact]
    public async Task A_restore_that_is_stopped_after_it_names_it_in_the_document_too()
    {
        Assert.Equal(0, (await Run("demo", "--only-database", "shop.db")).ExitCode);
        CliRun taken = await Run("backup", "sqlite:./shop.db", "--destination", "./backups", "--passphrase-env", "P", "--output", "json");
        string archive = taken.Json.GetProperty("backup").GetString()!;
        using var stop = new CancellationTokenSource();

        CliRun stopped = await CliRun.Of(
            ["restore", archive, "sqlite:./shop.db", "--overwrite", "--yes", "--passphrase-env", "P", "--verbose", "--output", "json"], _folder, Variables, stop: stop.Token,
            errors: new StoppingWriter(stop, "Creating the copy"));

        Assert.Equal(130, stopped.ExitCode);
        System.Text.Json.JsonElement error = stopped.Json.GetProperty("error");
        Assert.Equal("General.Cancelled", error.GetProperty("id").GetString());
        string safety = Assert.Single(Directory.GetFiles(Path.Combine(_folder, "backups"), "*.safedb"), file => Path.GetFileName(file) != Path.GetFileName(archive));
        Assert.Equal(Path.GetFileName(safety), Path.GetFileName(error.GetProperty("safetyBackup").GetString()));
        Assert.Contains(Path.GetFileName(safety), stopped.Error, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal) { ["P"] = "correct horse battery staple" };

    private Task<CliRun> Run(params string[] arguments) =>
        CliRun.Of(arguments, _folder, Variables);
}
