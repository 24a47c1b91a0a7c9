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
