using System.Security.Cryptography;
using System.Text.Json;

namespace SafeDb.Cli.Tests;

/// <summary>The verbs on a real SQLite shop: the tutorial's.</summary>
public sealed class MainJobTests : IAsyncLifetime
{
    private static readonly string[] Sealed = ["--passphrase-env", "P"];
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal) { ["P"] = "correct horse battery staple", ["WRONG"] = "incorrect" };

    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cli-").FullName;

    public async ValueTask InitializeAsync() => Assert.Equal(0, (await Run("demo", "--only-database", "shop.db")).ExitCode);

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_backup_is_proved_restored_and_the_same_again()
    {
        CliRun backup = await Run(["backup", "sqlite:./shop.db", "--destination", "backups", .. Sealed, "--output", "json"]);
        Assert.Equal(0, backup.ExitCode);
        string archive = backup.Json.GetProperty("backup").GetString()!;
        Assert.Equal(16_620, backup.Json.GetProperty("rows").GetInt64());

        CliRun test = await Run(["test", archive, .. Sealed, "--output", "json"]);
        Assert.Equal(0, test.ExitCode);
        Assert.True(test.Json.GetProperty("passed").GetBoolean());
        Assert.Equal(16_620, test.Json.GetProperty("rowsCompared").GetInt64());

        CliRun restore = await Run(["restore", archive, "sqlite:./copy.db", .. Sealed, "--yes"]);
        Assert.Equal(0, restore.ExitCode);
        CliRun drift = await Run("drift", "sqlite:./copy.db", "--reference", "sqlite:./shop.db");
        Assert.Equal((0, "No drift.\n"), (drift.ExitCode, drift.Out));
    }

    [Fact]
    public async Task Without_a_recipient_there_is_no_backup()
    {
        CliRun run = await Run("backup", "sqlite:./shop.db", "--destination", "backups");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("Backup.NoRecipient", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "backups")));
    }

    [Fact]
    public async Task What_if_changes_nothing_at_all()
    {
        string archive = await Backup();
        string before = Hash();
        CliRun backup = await Run(["backup", "sqlite:./shop.db", "--destination", "backups", .. Sealed, "--what-if"]);
        CliRun restore = await Run(["restore", archive, "sqlite:./shop.db", "--overwrite", .. Sealed, "--what-if"]);
        Assert.StartsWith("What if: Back up ", backup.Error, StringComparison.Ordinal);
        Assert.Matches(": the rows of [0-9]+ tables; about [0-9,]+ bytes before compression", backup.Error);
        CliRun misspelt = await Run(["backup", "sqlite:./shop.db", "--destination", "backups", "--exclude-table", "order_line", .. Sealed, "--what-if"]);
        CliRun nothing = await Run(["backup", "sqlite:./shop.db", "--destination", "backups", "--include-table", "orders", "--exclude-table", "ord*", .. Sealed, "--what-if"]);
        CliRun some = await Run(["backup", "sqlite:./shop.db", "--destination", "backups", "--include-table", "orders", .. Sealed, "--what-if"]);
        Assert.Equal((1, true), (misspelt.ExitCode, misspelt.Error.Contains("Sqlite.NothingMatches", StringComparison.Ordinal)));
        Assert.Equal((2, true), (nothing.ExitCode, nothing.Error.Contains("Backup.NothingLeft", StringComparison.Ordinal)));
        Assert.Matches(": the rows of 1 table; without the rows of [0-9]+ tables", some.Error);
        CliRun file = await Run(["backup", "sqlite:./shop.db", "--destination", "shop.db", .. Sealed, "--what-if"]);
        CliRun nowhere = await Run(["backup", "sqlite:./shop.db", "--destination", "none/backups", .. Sealed, "--what-if"]);
        Assert.Equal((2, true), (file.ExitCode, file.Error.Contains("Folder.NotAFolder", StringComparison.Ordinal)));
        Assert.True(nowhere.ExitCode != 0 && nowhere.Error.Contains("Folder.Missing", StringComparison.Ordinal), nowhere.Error);
        Assert.Contains("What if: Replace ", restore.Error, StringComparison.Ordinal);
        Assert.Contains("\n  A safety backup of ", restore.Error, StringComparison.Ordinal);
        Assert.Equal((0, 0), (backup.ExitCode, restore.ExitCode));
        Assert.Equal(before, Hash());
    }

    [Theory]
    [InlineData("Checksum", "check every stored byte")]
    [InlineData("Schema", "restore its definitions into a scratch database beside sqlite:")]
    [InlineData("Restore", "restore it into a scratch database beside sqlite:")]
    public async Task What_if_makes_neither_a_scratch_database_nor_evidence_of_a_test(string level, string plan)
    {
        string archive = await Backup();
        string scratch = Directory.CreateDirectory(Path.Combine(_folder, "scratch")).FullName;
        string before = Hash();
        CliRun test = await Run(["test", archive, "--level", level, "--scratch", "sqlite:./scratch/copy.db", .. Sealed, "--what-if"]);
        Assert.Equal((0, string.Empty), (test.ExitCode, test.Out));
        Assert.StartsWith($"What if: Verify {archive} at level {level}: ", test.Error, StringComparison.Ordinal);
        Assert.Contains(plan, test.Error, StringComparison.Ordinal);
        Assert.Equal(level != "Checksum", test.Error.Contains(scratch, StringComparison.Ordinal));
        CliRun wrong = await Run("test", archive, "--passphrase-env", "WRONG", "--what-if");
        Assert.True(wrong.ExitCode != 0 && wrong.Error.Contains("Archive.WrongKey", StringComparison.Ordinal), wrong.Error);
        Assert.Equal(before, Hash());
    }

    [Fact]
    public async Task Readiness_without_the_key_says_that_it_cannot_tell()
    {
        await Backup();
        Assert.Equal(0, (await Run(["backup", "sqlite:./shop.db", "--destination", "backups", "--schema-only", .. Sealed])).ExitCode);
        JsonElement[] keyless = [.. (await Run("ready", "sqlite:./shop.db", "--destination", "backups", "--output", "json")).Json.EnumerateArray()];
        JsonElement[] keyed = [.. (await Run(["ready", "sqlite:./shop.db", "--destination", "backups", .. Sealed, "--output", "json"])).Json.EnumerateArray()];
        foreach (string item in new[] { "backup-exists", "backup-complete", "retention-defined" })
        {
            JsonElement line = keyless.Single(line => line.GetProperty("item").GetString() == item);
            Assert.False(line.GetProperty("passed").GetBoolean());
            Assert.Contains("no key was given, so it cannot be told", line.GetProperty("evidence").GetString(), StringComparison.Ordinal);
            Assert.StartsWith("Give the key", line.GetProperty("advice").GetString(), StringComparison.Ordinal);
            Assert.True(keyed.Single(line => line.GetProperty("item").GetString() == item).GetProperty("passed").GetBoolean());
        }
    }

    [Fact]
    public async Task What_if_builds_no_demonstration()
    {
        string before = Hash();
        CliRun whole = await Run("demo", "--what-if");
        CliRun only = await Run("demo", "--only-database", "other.db", "--what-if");
        Assert.Equal((0, 0), (whole.ExitCode, only.ExitCode));
        Assert.StartsWith("What if: Build the sample shop in ", whole.Error, StringComparison.Ordinal);
        Assert.StartsWith("What if: Build the sample shop in ", only.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "safedb-demo")));
        Assert.Equal(before, Hash());
    }

    [Fact]
    public async Task A_restore_needs_a_yes()
    {
        string archive = await Backup();
        string before = Hash();
        CliRun nobody = await Run(["restore", archive, "sqlite:./shop.db", "--overwrite", .. Sealed]);
        CliRun no = await CliRun.Of(["restore", archive, "sqlite:./shop.db", "--overwrite", .. Sealed], _folder, Variables, answer: "no\n");
        Assert.Equal((2, 3), (nobody.ExitCode, no.ExitCode));
        Assert.Contains("Cli.ConfirmationNeeded", nobody.Error, StringComparison.Ordinal);
        Assert.Contains("Cli.Declined", no.Error, StringComparison.Ordinal);
        Assert.Equal(before, Hash());

        CliRun yes = await CliRun.Of(["restore", archive, "sqlite:./shop.db", "--overwrite", .. Sealed], _folder, Variables, answer: "yes\n");
        Assert.Equal(0, yes.ExitCode);
    }

    [Fact]
    public async Task A_migration_that_nobody_can_confirm_is_refused_before_its_backup()
    {
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(_folder, "shop.db"), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(_folder, "migrations"));
        foreach (string id in new[] { "001", "002" })
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", $"{id}_view.up.sql"), $"CREATE VIEW view_{id} AS SELECT 1;\n", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", $"{id}_view.down.sql"), $"DROP VIEW view_{id};\n", TestContext.Current.CancellationToken);
        }

        string[] migrate = ["migrate", "sqlite:./shop.db", "migrations", "--destination", "backups", .. Sealed];
        CliRun nobody = await Run(migrate);
        Assert.Equal(2, nobody.ExitCode);
        Assert.Contains("Cli.ConfirmationNeeded", nobody.Error, StringComparison.Ordinal);
        Assert.Contains("Apply 2 migrations (001, 002)", nobody.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "backups")), "It took a backup and rehearsed before it refused.");
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(_folder, "shop.db"), TestContext.Current.CancellationToken));

        // With an answer it goes its way, and with nothing left to do nobody need confirm anything.
        CliRun done = await Run([.. migrate, "--yes"]);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal(0, (await Run(migrate)).ExitCode);
        CliRun undo = await Run(["undo", "sqlite:./shop.db", "migrations", "--destination", "none", "--allow-hazard", "drop-view-or-trigger", .. Sealed]);
        Assert.True(undo.ExitCode == 2, undo.Error);
        Assert.False(Directory.Exists(Path.Combine(_folder, "none")));
    }

    [Fact]
    public async Task A_wrong_or_missing_key_and_a_damaged_archive_are_told_apart()
    {
        string archive = await Backup();
        CliRun wrong = await Run("test", archive, "--passphrase-env", "WRONG");
        Assert.Contains("Archive.WrongKey", wrong.Error, StringComparison.Ordinal);
        CliRun missing = await Run("test", archive);
        Assert.NotEqual(0, missing.ExitCode);

        byte[] bytes = await File.ReadAllBytesAsync(archive, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(archive, bytes, TestContext.Current.CancellationToken);
        CliRun damaged = await Run(["test", archive, .. Sealed, "--output", "json"]);
        Assert.Equal(1, damaged.ExitCode);
        Assert.False(damaged.Json.GetProperty("passed").GetBoolean());
        CliRun refused = await Run(["restore", archive, "sqlite:./copy.db", .. Sealed, "--yes"]);
        Assert.Equal(1, refused.ExitCode);
        Assert.False(File.Exists(Path.Combine(_folder, "copy.db")));
    }

    [Fact]
    public async Task A_listing_of_damaged_archives_is_a_listing_until_not_one_can_be_read()
    {
        string good = await Backup();
        string bad = await Backup();
        await File.WriteAllBytesAsync(bad, (await File.ReadAllBytesAsync(bad, TestContext.Current.CancellationToken))[..500], TestContext.Current.CancellationToken);
        CliRun some = await Run(["backups", "--destination", "backups", .. Sealed, "--output", "json"]);
        Assert.Equal(0, some.ExitCode);
        Assert.Contains("Damaged", some.Json.EnumerateArray().Select(item => item.GetProperty("verification").GetString()));
        File.Delete(good);
        CliRun none = await Run(["backups", "--destination", "backups", .. Sealed, "--output", "json"]);
        Assert.Equal((1, 1), (none.ExitCode, none.Json.GetArrayLength()));
        Assert.Contains("Backup.NoneReadable", none.Error, StringComparison.Ordinal);
        File.Delete(bad);
        Assert.Equal(0, (await Run(["backups", "--destination", "backups", .. Sealed])).ExitCode);
    }

    [Fact]
    public async Task Evidence_is_named_in_full_and_said_to_be_missing_without_the_key()
    {
        string archive = await Backup();
        CliRun keyless = await Run("test", archive, "--level", "Checksum", "--output", "json");
        Assert.Equal(0, keyless.ExitCode);
        Assert.Equal(JsonValueKind.Null, keyless.Json.GetProperty("evidence").ValueKind);
        Assert.Contains("no key was given", keyless.Json.GetProperty("noEvidence").GetString(), StringComparison.Ordinal);
        Assert.Matches("NoEvidence +: no key was given", (await Run("test", archive, "--level", "Checksum")).Out);
        Assert.False(File.Exists(archive + ".verified.json"));

        JsonElement proved = (await Run(["test", archive, "--level", "Checksum", .. Sealed, "--output", "json"])).Json;
        Assert.Equal(archive + ".verified.json", proved.GetProperty("evidence").GetString());
        Assert.True(File.Exists(archive + ".verified.json"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(File.GetUnixFileMode(archive), File.GetUnixFileMode(archive + ".verified.json"));
            File.SetUnixFileMode(archive + ".verified.json", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Assert.Equal(0, (await Run(["test", archive, "--level", "Checksum", .. Sealed])).ExitCode);
            Assert.True(File.GetUnixFileMode(archive + ".verified.json").HasFlag(UnixFileMode.GroupRead));
        }
    }

    [Fact]
    public async Task No_secret_shows_in_any_output()
    {
        string[] outputs =
        [
            .. (await Task.WhenAll(
                Run(["backup", "sqlite:./shop.db", "--destination", "backups", .. Sealed, "--verbose", "--output", "json"]),
                Run("backup", "sqlite:./shop.db", "--destination", "backups", "--passphrase-env", "P", "--key-env", "P"))).Select(run => run.Out + run.Error),
        ];
        Assert.All(outputs, output => Assert.DoesNotContain(Variables["P"], output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_ends_with_130_and_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        CliRun run = await CliRun.Of(["backup", "sqlite:./shop.db", "--destination", "backups", .. Sealed], _folder, Variables, stop: stop.Token);
        Assert.Equal(130, run.ExitCode);
        string backups = Path.Combine(_folder, "backups");
        Assert.True(!Directory.Exists(backups) || !Directory.EnumerateFileSystemEntries(backups).Any());
    }

    [Fact]
    public async Task Drift_is_found_against_a_snapshot_and_an_edited_snapshot_is_refused()
    {
        CliRun schema = await Run("schema", "sqlite:./shop.db", "--output", "json");
        string file = Path.Combine(_folder, "shop.json");
        await File.WriteAllTextAsync(file, schema.Out.Replace("\"orders\"", "\"others\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains("Schema.SnapshotInvalid", (await Run("drift", "sqlite:./shop.db", "--reference", "shop.json")).Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, schema.Out, TestContext.Current.CancellationToken);
        Assert.Equal(0, (await Run("drift", "sqlite:./shop.db", "--reference", "shop.json")).ExitCode);
        Assert.Equal(0, (await Run("demo", "--only-database", "other.db")).ExitCode);
    }

    [Fact]
    public async Task Risk_ends_with_3_when_the_policy_does_not_let_it_pass()
    {
        CliRun safe = await Run("risk", "--sql", "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT; -- safedb:rollback drop it", "--engine", "Sqlite", "--output", "json");
        CliRun dangerous = await Run("risk", "--sql", "DROP TABLE orders", "--database", "sqlite:./shop.db", "--output", "json");
        Assert.Equal(3, dangerous.ExitCode);
        JsonElement file = dangerous.Json.GetProperty("files")[0];
        Assert.Equal("Dangerous", file.GetProperty("level").GetString());
        Assert.Equal(1, safe.Json.GetProperty("schemaVersion").GetInt32());
        CliRun sarif = await Run("risk", "--sql", "DROP TABLE orders", "--engine", "Sqlite", "--format", "sarif");
        Assert.Equal("2.1.0", sarif.Json.GetProperty("version").GetString());
    }

    [Fact]
    public async Task A_database_is_taken_by_its_name_from_the_configuration()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "safedb.json"), """
            {
              "databases": { "shop": { "address": "sqlite:./shop.db", "destination": "local" } },
              "defaultDatabase": "shop",
              "destinations": { "local": { "address": "./backups", "recipients": ["ops"] } },
              "recipients": { "ops": { "passphrase": "${P}" } }
            }
            """, TestContext.Current.CancellationToken);
        CliRun backup = await Run("backup", "--output", "json");
        Assert.True(backup.ExitCode == 0, backup.Error);
        Assert.Equal("shop", backup.Json.GetProperty("database").GetString());
        Assert.True(backup.Json.GetProperty("encrypted").GetBoolean());
        Assert.Equal(0, (await Run("test", backup.Json.GetProperty("backup").GetString()!)).ExitCode);
        CliRun readable = await Run("backup", "--unencrypted");
        Assert.Equal((3, true), (readable.ExitCode, readable.Error.Contains("Backup.EncryptionRequired", StringComparison.Ordinal)));
    }

    private async Task<string> Backup() =>
        (await Run(["backup", "sqlite:./shop.db", "--destination", "backups", .. Sealed, "--output", "json"])).Json.GetProperty("backup").GetString()!;

    private Task<CliRun> Run(params string[] arguments) => CliRun.Of(arguments, _folder, Variables);

    private string Hash() => string.Join('\n', Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => $"{path} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"));
}
