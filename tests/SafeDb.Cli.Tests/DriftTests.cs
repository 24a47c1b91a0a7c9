using System.Text.Json;

using Microsoft.Data.Sqlite;

namespace SafeDb.Cli.Tests;

/// <summary>What <c>safedb drift</c> says of a real SQLite database.</summary>
public sealed class DriftTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-drift-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Drift_says_which_lines_differ_and_leaves_out_the_books_of_tools()
    {
        await SqlAsync("CREATE TABLE lists(id INTEGER PRIMARY KEY, size NUMERIC(10, 2), note TEXT); CREATE INDEX lists_note ON lists(note);");
        await File.WriteAllTextAsync(Path.Combine(_folder, "shop.json"), (await Run("schema", "sqlite:./shop.db", "--output", "json")).Out, TestContext.Current.CancellationToken);
        await SqlAsync("CREATE TABLE schema_migrations(version uint64, dirty bool); CREATE UNIQUE INDEX version_unique ON schema_migrations(version); CREATE TABLE safedb_migrations(id TEXT PRIMARY KEY);");
        Assert.Equal("No drift.\n", (await Run("drift", "sqlite:./shop.db", "--reference", "shop.json")).Out);

        await SqlAsync("DROP TABLE lists; CREATE TABLE lists(id INTEGER PRIMARY KEY, size NUMERIC(12, 2), note TEXT, CHECK (size > 0)); CREATE TABLE schema_migrations_archive(id INTEGER PRIMARY KEY);");
        CliRun text = await Run("drift", "sqlite:./shop.db", "--reference", "shop.json");
        CliRun json = await Run("drift", "sqlite:./shop.db", "--reference", "shop.json", "--output", "json");

        Assert.Equal((3, 3), (text.ExitCode, json.ExitCode));
        Assert.Equal(
            """
            Change   Kind   Identity
            Removed  index  lists_note
            Changed  table  lists
            Added    table  schema_migrations_archive

            table lists:
              - size NUMERIC(10, 2)
              + size NUMERIC(12, 2)
              + CHECK (size > 0)

            """,
            text.Out);
        Assert.Equal([null, "- size NUMERIC(10, 2)\n+ size NUMERIC(12, 2)\n+ CHECK (size > 0)", null], json.Json.EnumerateArray().Select(item => item.GetProperty("difference").GetString()));
    }

    [Fact]
    public async Task Status_says_what_was_changed_since_the_last_run_and_the_advice_can_be_followed()
    {
        await SqlAsync("CREATE TABLE orders(id INTEGER PRIMARY KEY, note TEXT);");
        Directory.CreateDirectory(Path.Combine(_folder, "migrations"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", "001_a.up.sql"), "CREATE TABLE lists(id INTEGER PRIMARY KEY);", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", "001_a.down.sql"), "DROP TABLE lists;", TestContext.Current.CancellationToken);
        CliRun run = await Run("migrate", "sqlite:./shop.db", "migrations", "--destination", "backups", "--unencrypted", "--evidence", "kept", "--yes", "--output", "json");
        Assert.True(run.ExitCode == 0, run.Error);
        string file = run.Json.GetProperty("evidence").EnumerateArray().Last().GetString()!;
        Assert.Equal("No drift.\n", (await Run("drift", "sqlite:./shop.db", "--reference", file)).Out);
        Assert.Equal(Names((await Run("schema", "sqlite:./shop.db", "--output", "json")).Json), Names(JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).RootElement));
        await SqlAsync("ALTER TABLE orders ADD COLUMN paid INTEGER; CREATE INDEX orders_note ON orders(note); CREATE TABLE more(a INTEGER); CREATE INDEX more_a ON more(a);");

        CliRun status = await Run("status", "sqlite:./shop.db", "migrations", "--evidence", "kept");
        CliRun elsewhere = await Run("status", "sqlite:./shop.db", "migrations");

        string advised = $"safedb drift sqlite://{Path.Combine(_folder, "shop.db")} --reference {file}";
        Assert.Equal((3, 3), (status.ExitCode, elsewhere.ExitCode));
        Assert.Contains(
            $"since 001 was applied: Added index orders_note, Added table more, Changed table orders (4 differences with the parts of what came or went whole). See what changed with {advised}, and bring", status.Error, StringComparison.Ordinal);
        Assert.Contains("no snapshot of the schema of then was found in the evidence folder", elsewhere.Error, StringComparison.Ordinal);
        Assert.Contains("+ paid INTEGER", (await Run(advised.Split(' ')[1..])).Out, StringComparison.Ordinal);
        CliRun plan = await Run("migrate", "sqlite:./shop.db", "migrations", "--evidence", "kept", "--unencrypted", "--plan", "plan.json", "--what-if", "--output", "json");
        Assert.Contains(advised, plan.Json.GetProperty("gates").EnumerateArray().Single(gate => gate.GetProperty("id").GetString() == "schema-drift").GetProperty("error").GetProperty("recommendedAction").GetString(), StringComparison.Ordinal);
        Assert.Contains("the plan is not written to plan.json", plan.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "plan.json")));
    }

    [Theory]
    [InlineData("missing.json", "There is no file missing.json")]
    [InlineData("kept/schema", "There is no file kept/schema")]
    [InlineData("nix", "in no form that SafeDb knows")]
    public async Task A_reference_that_is_not_there_is_told_from_an_address(string reference, string said)
    {
        await SqlAsync("CREATE TABLE orders(id INTEGER PRIMARY KEY);");
        Assert.Contains(said, (await Run("drift", "sqlite:./shop.db", "--reference", reference)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_snapshot_is_not_advised_to_be_written_anew_from_a_database_that_may_have_drifted()
    {
        await SqlAsync("CREATE TABLE orders(id INTEGER PRIMARY KEY);");
        await File.WriteAllTextAsync(Path.Combine(_folder, "cut.json"), "{\"formatVersion\": 1,", TestContext.Current.CancellationToken);
        CliRun run = await Run("drift", "sqlite:./shop.db", "--reference", "cut.json");
        Assert.Contains("Take the file from a backup of it", run.Error, StringComparison.Ordinal);
        Assert.Contains("with 'safedb schema' only from a database that is known to be right", run.Error, StringComparison.Ordinal);
    }

    private static string Names(JsonElement document) => string.Join(' ', document.EnumerateObject().Select(property => property.Name)) + " / "
        + string.Join(' ', document.GetProperty("objects")[0].EnumerateObject().Select(property => $"{property.Name}:{property.Value.ValueKind}"));

    private async Task SqlAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "shop.db")};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private Task<CliRun> Run(params string[] arguments) => CliRun.Of(arguments, _folder, new Dictionary<string, string>(StringComparer.Ordinal));
}
