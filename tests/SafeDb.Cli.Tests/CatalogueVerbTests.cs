using System.Text.Json;

namespace SafeDb.Cli.Tests;

/// <summary>Listing, copying, pruning and the readiness checklist from the command line, on the tutorial's shop.</summary>
public sealed class CatalogueVerbTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal) { ["P"] = "correct horse battery staple", ["N"] = "for the auditors" };

    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cli-").FullName;

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await Run("demo", "--only-database", "shop.db")).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(_folder, "safedb.json"), """
            {
              "databases": { "shop": { "address": "sqlite:./shop.db", "destination": "local" } },
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
    public async Task Archives_are_listed_newest_first_and_trusted_only_when_authenticated()
    {
        string first = await BackupAsync();
        string second = await BackupAsync();
        Assert.Equal(0, (await Run("test", first)).ExitCode);

        JsonElement plain = (await Run("backups", "--output", "json")).Json;
        Assert.Equal([second, first], plain.EnumerateArray().Select(item => item.GetProperty("backup").GetString()));
        Assert.All(plain.EnumerateArray(), item => Assert.False(item.GetProperty("verified").GetBoolean()));
        Assert.All(plain.EnumerateArray(), item => Assert.True(item.GetProperty("withinPolicy").GetBoolean()));
        JsonElement verified = (await Run("backups", "--verified", "--output", "json")).Json;
        Assert.Equal([first], verified.EnumerateArray().Select(item => item.GetProperty("backup").GetString()));
        Assert.Equal(0, (await Run("backups", "--name", "other*", "--output", "json")).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_file_that_only_has_the_name_is_no_backup_and_a_drill_outlives_a_checksum()
    {
        string archive = await BackupAsync();
        Assert.Equal(0, (await Run("test", archive)).ExitCode);
        Assert.Equal(0, (await Run("test", archive, "--level", "Checksum")).ExitCode);
        string folder = Path.GetDirectoryName(archive)!;
        string fake = Path.Combine(folder, "shop-20990101T000000000Z-0badf00d.safedb");
        await File.WriteAllTextAsync(fake, "a text that somebody saved under this ending, long enough to be looked at", TestContext.Current.CancellationToken);

        JsonElement[] listed = [.. (await Run("backups", "--authenticate", "--output", "json")).Json.EnumerateArray()];
        Assert.Equal("Restore: Passed", listed[0].GetProperty("verification").GetString());
        Assert.True(listed[0].GetProperty("verified").GetBoolean());
        Assert.False(listed[1].GetProperty("isArchive").GetBoolean());
        Assert.Equal(JsonValueKind.Null, listed[1].GetProperty("encrypted").ValueKind);
        Assert.Equal("Not an archive", listed[1].GetProperty("verification").GetString());
        Assert.Contains("Archive.NotAnArchive", listed[1].GetProperty("reason").GetString(), StringComparison.Ordinal);

        // Without the key the header still tells that it is sealed.
        JsonElement sealedOne = (await CliRun.Of(["backups", "--destination", folder, "--passphrase-env", "N", "--output", "json"], _folder, Variables)).Json.EnumerateArray().Single(item => item.GetProperty("isArchive").GetBoolean());
        Assert.True(sealedOne.GetProperty("encrypted").GetBoolean());
        Assert.Equal("Not opened", sealedOne.GetProperty("verification").GetString());

        JsonElement encrypted = (await Run("ready", "--output", "json")).Json.EnumerateArray().Single(item => item.GetProperty("item").GetString() == "backups-encrypted");
        Assert.True(encrypted.GetProperty("passed").GetBoolean());
        Assert.Contains("no archive: shop-20990101T000000000Z-0badf00d.safedb", encrypted.GetProperty("evidence").GetString(), StringComparison.Ordinal);
        JsonElement kept = (await Run("prune", "--keep-last", "1", "--keep-minimum", "0", "--what-if", "--output", "json")).Json.EnumerateArray().Single(row => row.GetProperty("name").GetString()!.Contains("0badf00d", StringComparison.Ordinal));
        Assert.Equal("keep", kept.GetProperty("action").GetString());
        Assert.Contains("Archive.NotAnArchive", kept.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_for_another_recipient_opens_with_that_one_only()
    {
        string archive = await BackupAsync();
        CliRun copy = await Run("copy", archive, "--destination", "audit", "--new-passphrase-env", "N", "--output", "json");
        Assert.True(copy.ExitCode == 0, copy.Error);
        Assert.True(copy.Json.GetProperty("encrypted").GetBoolean());
        string there = Path.Combine(_folder, "audit", Path.GetFileName(archive));
        Assert.Equal(0, (await Run("test", there, "--passphrase-env", "N")).ExitCode);
        Assert.NotEqual(0, (await Run("test", there, "--passphrase-env", "P")).ExitCode);
    }

    [Fact]
    public async Task Pruning_shows_its_table_asks_and_keeps_the_verified_one()
    {
        string first = await BackupAsync();
        string second = await BackupAsync();
        string third = await BackupAsync();
        Assert.Equal(0, (await Run("test", first)).ExitCode);
        string[] rules = ["--keep-last", "1", "--keep-minimum", "0"];

        CliRun shown = await Run(["prune", .. rules, "--what-if", "--output", "json"]);
        Assert.Equal(["keep", "remove", "keep"], shown.Json.EnumerateArray().Select(row => row.GetProperty("action").GetString()));
        Assert.Equal(2, (await Run(["prune", .. rules])).ExitCode);
        Assert.All(new[] { first, second, third }, path => Assert.True(File.Exists(path)));

        CliRun done = await Run(["prune", .. rules, "--yes", "--output", "json"]);
        Assert.True(done.ExitCode == 0, done.Error);
        Assert.Equal("removed", done.Json[0].GetProperty("action").GetString());
        Assert.Equal([true, false, true], new[] { first, second, third }.Select(File.Exists));
        Assert.Equal(2, (await Run("prune", "--keep-within", "soon")).ExitCode);
        Assert.Equal(2, (await Run("prune", "--keep-last", "0")).ExitCode);
    }

    [Fact]
    public async Task The_checklist_ends_with_3_and_names_what_is_missing()
    {
        string archive = await BackupAsync();
        Assert.Equal(0, (await Run("test", archive)).ExitCode);
        CliRun run = await Run("ready", "--output", "json");
        Assert.Equal(3, run.ExitCode);
        JsonElement[] items = [.. run.Json.EnumerateArray()];
        string[] passed = [.. items.Where(item => item.GetProperty("passed").GetBoolean()).Select(item => item.GetProperty("item").GetString()!)];
        Assert.Equal(["backup-exists", "backup-complete", "backup-verified", "restore-drilled", "backups-encrypted", "retention-defined"], passed);
        Assert.Contains("# Readiness of shop", (await Run("ready", "--markdown")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_work_of_a_schedule_backs_up_proves_prunes_and_leaves_its_heartbeat()
    {
        CliRun first = await Run("run", "nightly-backup", "shop", "--output", "json");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal(16620, first.Json.GetProperty("rows").GetInt64());

        // Its own backup that an interrupted run left unproved is taken up; what somebody else took, perhaps of a damaged state, is not.
        string evidence = Path.Combine(_folder, "safedb-evidence");
        Assert.Empty(Directory.EnumerateFiles(evidence, "*.pending"));
        string others = await BackupAsync();
        CliRun second = await Run("run", "nightly-backup", "shop", "--output", "json");
        Assert.NotEqual(others, second.Json.GetProperty("backup").GetString());
        string mark = Path.Combine(evidence, Path.GetFileName(others) + ".pending");
        await File.WriteAllTextAsync(mark, "", TestContext.Current.CancellationToken);
        Assert.Equal(others, (await Run("run", "nightly-backup", "shop", "--output", "json")).Json.GetProperty("backup").GetString());
        Assert.False(File.Exists(mark));
        Assert.Equal(0, (await Run("run", "restore-drill", "shop")).ExitCode);
        Assert.Equal(3, (await Run("run", "readiness-check", "shop")).ExitCode);
        Assert.Contains("# Readiness of shop", await File.ReadAllTextAsync(Path.Combine(_folder, "safedb-evidence", "readiness.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(1, (await Run("run", "nightly-backup", "sqlite:./nothing.db", "--destination", "local")).ExitCode);
        string[] beats = await File.ReadAllLinesAsync(Path.Combine(_folder, "safedb-evidence", "heartbeats.jsonl"), TestContext.Current.CancellationToken);
        Assert.Equal([true, true, true, true, true, false], beats.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("succeeded").GetBoolean()));
        Assert.DoesNotContain("correct horse", string.Concat(beats), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_is_printed_for_other_platforms_and_refused_for_what_could_hold_a_secret()
    {
        CliRun workflow = await Run("schedule", "shop", "--platform", "GitHub", "--at", "03:05");
        Assert.True(workflow.ExitCode == 0, workflow.Error);
        Assert.Contains("cron: '5 3 * * *'", workflow.Out, StringComparison.Ordinal);
        CliRun refused = await Run("schedule", "postgresql://ops:hunter2@db/shop", "--platform", "GitHub");
        Assert.Equal(2, refused.ExitCode);
        Assert.DoesNotContain("hunter2", refused.Out + refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Run("schedule", "shop", "--platform", "GitHub", "--at", "24:61")).ExitCode);
        Assert.Equal(1, (await Run("unschedule", "nightly-backup-that-nobody-made")).ExitCode);
    }

    [Fact]
    public async Task An_archive_taken_with_filters_says_so_and_never_passes_for_a_full_backup()
    {
        string full = await BackupAsync();
        Assert.Equal(0, (await Run("test", full)).ExitCode);
        JsonElement schema = (await Run("backup", "--schema-only", "--output", "json")).Json;
        JsonElement some = (await Run("backup", "--exclude-table", "order_lines", "--output", "json")).Json;
        Assert.All(new[] { schema, some }, taken => Assert.Equal("Filtered", taken.GetProperty("coverage").GetString()));
        Assert.Equal(["definitions without rows"], Texts(schema, "filters"));
        Assert.Equal(["the rows of every table (definitions without rows)"], Texts(schema, "notCovered"));
        Assert.Equal(["without tables order_lines"], Texts(some, "filters"));
        Assert.Equal(["the rows of order_lines (without tables order_lines)"], Texts(some, "notCovered"));
        CliRun nothing = await Run("restore", some.GetProperty("backup").GetString()!, "sqlite:" + Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), "--table", "order_lines", "--yes");
        Assert.Contains("Restore.RowsNotInArchive", nothing.Error, StringComparison.Ordinal);
        string part = schema.GetProperty("backup").GetString()!;
        JsonElement drill = (await Run("test", part, "--output", "json")).Json;
        Assert.Equal("Filtered", drill.GetProperty("coverage").GetString());
        Assert.Equal(["definitions without rows"], Texts(drill, "filters"));

        // Listed so with the key, and by what the header says without it.
        string[] expected = ["Filtered", "Filtered", "Complete"];
        Assert.Equal(expected, (await Run("backups", "--authenticate", "--output", "json")).Json.EnumerateArray().Select(item => item.GetProperty("coverage").GetString()));
        Assert.Equal(["Filtered", "Filtered", "Unfiltered"], (await Run("backups", "--output", "json")).Json.EnumerateArray().Select(item => item.GetProperty("coverage").GetString()));
        string text = (await Run("backups", "--authenticate")).Out;
        Assert.Matches("Filtered +definitions without rows +Restore: Passed", text);
        Assert.Matches("Filtered +without tables order_lines", text);
        Assert.DoesNotContain("Filters", (await Run("backups")).Out, StringComparison.Ordinal);

        // The only full one stays, by rule and by name; the others are a series each.
        CliRun kept = await Run("prune", "--keep-last", "1", "--keep-minimum", "1", "--what-if", "--output", "json");
        Assert.Equal(["keep", "keep", "keep"], kept.Json.EnumerateArray().Select(row => row.GetProperty("action").GetString()));
        Assert.Contains("last 1, last verified (filtered: definitions without rows)", kept.Json.EnumerateArray().Select(row => row.GetProperty("reason").GetString()));

        // No net for a migration, and no replacement.
        Directory.CreateDirectory(Path.Combine(_folder, "migrations"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", "001_note.up.sql"), "CREATE TABLE note (id INTEGER PRIMARY KEY);", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", "001_note.down.sql"), "DROP TABLE note;", TestContext.Current.CancellationToken);
        CliRun migrated = await Run("migrate", "shop", "./migrations", "--backup", part, "--yes");
        Assert.True(migrated.ExitCode == 3, migrated.Error);
        Assert.Contains("Restore.PartialReplace", migrated.Error, StringComparison.Ordinal);
        Assert.Contains("it was taken with filters: definitions without rows", (await Run("restore", part, "shop", "--overwrite", "--yes")).Error, StringComparison.Ordinal);

        // With nothing but filtered ones there, nothing about backups is ready.
        File.Delete(full);
        JsonElement[] items = [.. (await Run("ready", "--output", "json")).Json.EnumerateArray()];
        Assert.All(items.Where(item => item.GetProperty("item").GetString() is "backup-exists" or "backup-complete" or "backup-verified" or "restore-drilled"), item => Assert.False(item.GetProperty("passed").GetBoolean(), item.ToString()));
        Assert.NotEqual(0, (await Run("run", "restore-drill", "shop")).ExitCode);
    }

    private static string[] Texts(JsonElement item, string property) => [.. item.GetProperty(property).EnumerateArray().Select(text => text.GetString()!)];

    private async Task<string> BackupAsync() => (await Run("backup", "--output", "json")).Json.GetProperty("backup").GetString()!;

    private Task<CliRun> Run(params string[] arguments) => CliRun.Of(arguments, _folder, Variables);
}
