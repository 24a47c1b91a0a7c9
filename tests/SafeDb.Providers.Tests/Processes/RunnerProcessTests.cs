using System.Text.Json;

using SafeDb.Providers.Tests.Interop;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Processes;

/// <summary><c>safedb migrate --runner</c> as a process, with other tools as the runner.</summary>
public sealed class RunnerProcessTests(PostgresCluster cluster) : IDisposable
{
    private const string Secret = "s3cret-word";
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-runner-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_JavaScript_migration_of_node_pg_migrate_runs_inside_the_envelope()
    {
        string tool = PeerProgram.File("node-pg-migrate", "node_modules", "node-pg-migrate", "bin", "node-pg-migrate.js");
        await using PeerDatabase database = await PeerDatabase.OnPostgreSqlAsync(cluster);
        await database.ExecuteAsync("create table orders (id integer primary key, note text); insert into orders select i, 'note ' || i from generate_series(1, 30) i");
        string migrations = Directory.CreateDirectory(Path.Combine(_folder, "migrations")).FullName;
        await WriteAsync(migrations, "1700000000001_books.js", """
            exports.up = pgm => { pgm.createTable('books', { id: 'id', title: { type: 'text', notNull: true } }); pgm.sql("insert into books (title) values ('one'), ('two')"); };
            exports.down = pgm => pgm.dropTable('books');
            """);
        string runner = $"node '{tool}' up -m '{migrations}'";

        JsonElement applied = await RunAsync(database, runner, 0);

        Assert.Equal(["2"], await database.ListAsync("select count(*) from books"));
        Assert.Equal(["1700000000001_books"], await database.ListAsync("select name::text from pgmigrations"));
        PeerAnswer peer = await PeerProgram.RunAsync("node", [tool, "up", "--dry-run", "-m", migrations], database.Environment);
        Assert.Contains("No migrations to run!", peer.Output, StringComparison.Ordinal);
        Assert.True(applied.GetProperty("rehearsal").GetProperty("passed").GetBoolean());

        await WriteAsync(migrations, "1700000000002_loss.js", "exports.up = pgm => pgm.dropColumn('orders', 'note'); exports.down = false;");
        JsonElement stopped = await RunAsync(database, runner, 3);

        Assert.Equal("Migration.DataLoss", stopped.GetProperty("error").GetProperty("id").GetString());
        Assert.Equal(["30"], await database.ListAsync("select count(note) from orders"));
        Assert.Equal(["1"], await database.ListAsync("select count(*) from pgmigrations"));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(_folder, "evidence")), file => File.ReadAllText(file).Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_on_SQLite_runs_inside_the_envelope_and_its_failure_in_production_is_taken_back()
    {
        await using PeerDatabase database = await PeerDatabase.OnSqliteAsync();
        await database.ExecuteAsync("create table orders (id integer primary key, note text)");
        Sqlite.Tool.Sqlite(database.File, "insert into orders values (1, 'one'), (2, 'two');");

        await RunAsync(database, "sqlite3 -bail \"${DATABASE_URL#sqlite:}\" 'create table books (id integer primary key)'", 0);
        Assert.Equal(["books", "orders"], await database.ListAsync("select name from sqlite_master where type = 'table' order by 1"));

        JsonElement failed = await RunAsync(
            database, "sqlite3 -bail \"${DATABASE_URL#sqlite:}\" \"insert into orders values (3, '$SAFEDB_PHASE')\"; test \"$SAFEDB_PHASE\" = rehearsal", 4);
        Assert.Equal("restore", failed.GetProperty("wayBack").GetProperty("way").GetString());
        Assert.Equal(["one", "two"], await database.ListAsync("select note from orders order by id"));
    }

    private static Task WriteAsync(string folder, string name, string text) => File.WriteAllTextAsync(Path.Combine(folder, name), text, TestContext.Current.CancellationToken);

    private async Task<JsonElement> RunAsync(PeerDatabase database, string runner, int exitCode)
    {
        string address = database.IsSqlite ? database.Text : database.Text.Replace("postgres@", $"postgres:{Secret}@", StringComparison.Ordinal);
        await WriteAsync(_folder, "safedb.json", """{ "environments": { "restoring": { "waysBack": ["restore"] } } }""");
        PeerAnswer answer = await new SafeDbProgram(_folder).RunAsync(
            ["migrate", "--runner", runner, "--destination", Path.Combine(_folder, "backups"), "--unencrypted", "--environment", "restoring", "--evidence", "evidence", "--yes", "--output", "json"],
            new Dictionary<string, string>(StringComparer.Ordinal) { ["DATABASE_URL"] = address });
        Assert.True(answer.ExitCode == exitCode, $"{answer.ExitCode}: {answer.Output}");
        Assert.DoesNotContain(Secret, answer.Output, StringComparison.Ordinal);
        return SafeDbProgram.Json(answer);
    }
}
