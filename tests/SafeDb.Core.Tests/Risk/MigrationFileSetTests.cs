using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Risk;
using SafeDb.Risk.Input;

using Xunit;

namespace SafeDb.Core.Tests.Risk;

public sealed class MigrationFileSetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-risk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Files_come_in_the_order_of_their_numbers_without_their_ways_back()
    {
        Put("10_c.up.sql", "select 10");
        Put("10_c.down.sql", "select 0");
        Put("2_b.sql", "select 2");
        Put("1_a/up.sql", "select 1");
        Put("1_a/down.sql", "select 0");
        Put("1_a/verify.sql", "select 0");
        IReadOnlyList<MigrationFile> files = MigrationFileSet.Read(["."], _folder);
        Assert.Equal(["1_a/up.sql", "2_b.sql", "10_c.up.sql"], files.Select(file => file.Path));
        Assert.Equal([FileWayBack.Script, FileWayBack.None, FileWayBack.Script], files.Select(file => file.WayBack));
    }

    [Fact]
    public void The_down_part_of_a_file_is_blanked_and_counts_as_a_way_back()
    {
        Put("1.sql", "-- migrate:up\ncreate table a(x);\n-- migrate:down\ndrop table a;\n");
        MigrationFile file = Assert.Single(MigrationFileSet.Read(["1.sql"], _folder));
        Assert.Equal(FileWayBack.Script, file.WayBack);
        Assert.Contains("create table a(x);", file.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("drop", file.Text, StringComparison.Ordinal);
        Assert.Equal(5, file.Text.Split('\n').Length);
    }

    [Fact]
    public void Missing_empty_and_binary_are_errors_with_ids()
    {
        Assert.Equal("Risk.PathMissing", Assert.Throws<SafeDbException>(() => MigrationFileSet.Read(["no.sql"], _folder)).Id);
        Assert.Equal("Risk.NoFiles", Assert.Throws<SafeDbException>(() => MigrationFileSet.Read(["."], _folder)).Id);
        File.WriteAllBytes(Path.Combine(_folder, "b.sql"), [0xC3, 0x28]);
        Assert.Equal("Risk.NotText", Assert.Throws<SafeDbException>(() => MigrationFileSet.Read(["b.sql"], _folder)).Id);
        File.WriteAllBytes(Path.Combine(_folder, "b.sql"), System.Text.Encoding.Unicode.GetBytes("DROP TABLE t;"));
        Assert.Equal("Risk.NotText", Assert.Throws<SafeDbException>(() => MigrationFileSet.Read(["b.sql"], _folder)).Id);
    }

    [Theory]
    [InlineData("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);", DatabaseEngine.Sqlite)]
    [InlineData("CREATE INDEX CONCURRENTLY i ON a (b); ALTER TABLE a ADD c jsonb;", DatabaseEngine.PostgreSql)]
    [InlineData("ALTER TABLE [dbo].[a] ADD b NVARCHAR(20);\nGO\n", DatabaseEngine.SqlServer)]
    [InlineData("CREATE TABLE a (x INT);", null)]
    public void The_engine_is_told_by_words_that_only_it_has(string sql, DatabaseEngine? engine) => Assert.Equal(engine, EngineDetector.FromText([sql]));

    [Fact]
    public void A_lock_file_of_Prisma_tells_the_engine_and_the_way_to_run()
    {
        Put("migration_lock.toml", "provider = \"sqlite\"");
        Put("20240101_a/migration.sql", "create table a(x);");
        Assert.Equal(DatabaseEngine.Sqlite, EngineDetector.Detect(["20240101_a/migration.sql"], [], _folder));
        Assert.Equal(FileTransaction.PerStatement, Assert.Single(MigrationFileSet.Read(["."], _folder)).Transaction);
    }

    [Fact]
    public void A_file_of_golang_migrate_is_sent_in_one_call_and_the_same_name_elsewhere_is_wrapped()
    {
        Put("go/go.mod", "module shop");
        Put("go/db/migrations/1_a.up.sql", "create index concurrently i on t(a);");
        Put("rust/Cargo.toml", "[package]");
        Put("rust/migrations/1_a.up.sql", "create index concurrently i on t(a);");
        Put("plain/1_a.up.sql", "select 1");
        Put("go/db/migrations/2_b.up.sql", "-- safedb:no-transaction\nselect 1");
        Dictionary<string, FileTransaction> found = MigrationFileSet.Read(["go", "rust", "plain"], _folder).ToDictionary(file => file.Path, file => file.Transaction);
        Assert.Equal(FileTransaction.OneCall, found["go/db/migrations/1_a.up.sql"]);
        Assert.Equal(FileTransaction.PerStatement, found["go/db/migrations/2_b.up.sql"]);
        Assert.Equal(FileTransaction.Single, found["rust/migrations/1_a.up.sql"]);
        Assert.Equal(FileTransaction.Single, found["plain/1_a.up.sql"]);
    }

    private void Put(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
