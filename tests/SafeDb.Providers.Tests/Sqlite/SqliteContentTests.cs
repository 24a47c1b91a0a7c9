using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.Providers.Tests.Spec;
using SafeDb.Schema;
using SafeDb.Sqlite;
using SafeDb.Sqlite.Native;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite;

/// <summary>Everything that a SQLite file can hold comes back; the sqlite3 shell is the judge.</summary>
public sealed class SqliteContentTests
{
    private const string Rich = """
        CREATE TABLE plain (a, b);
        INSERT INTO plain(rowid, a, b) VALUES (5, 1, 1.0), (-3, '1', x'31'), (90, NULL, 'nul' || char(0) || 'inside'), (91, 9223372036854775807, -0.0), (92, 'ü€😀', '');
        CREATE TABLE strict_t (id INTEGER PRIMARY KEY AUTOINCREMENT, v ANY, n INT) STRICT;
        INSERT INTO strict_t(v, n) VALUES (1, 1), ('1', 2), (x'00', 3); DELETE FROM strict_t WHERE n = 3;
        CREATE TABLE pairs (k TEXT COLLATE NOCASE, j INT, v, PRIMARY KEY (k, j)) WITHOUT ROWID;
        INSERT INTO pairs VALUES ('a', 1, 'x'), ('B', 1, NULL);
        CREATE TABLE "odd "" name" ("select" INT, rowid TEXT);
        INSERT INTO "odd "" name" VALUES (1, 'not the row id');
        CREATE TABLE gen (a INT, b INT GENERATED ALWAYS AS (a * 2) STORED, c INT AS (a + 1) VIRTUAL);
        INSERT INTO gen(a) VALUES (1), (2);
        CREATE VIRTUAL TABLE docs USING fts5(title, body);
        INSERT INTO docs VALUES ('one', 'the quick fox'), ('two', 'lazy dog');
        CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);
        INSERT INTO boxes VALUES (1, 0, 2), (2, 5, 6);
        CREATE TABLE audit (what TEXT);
        CREATE TRIGGER plain AFTER INSERT ON plain BEGIN INSERT INTO audit VALUES ('insert;' || new.a); END;
        CREATE UNIQUE INDEX partial ON plain(a DESC) WHERE b IS NOT NULL;
        CREATE VIEW v AS SELECT a FROM plain;
        PRAGMA user_version = 42; PRAGMA application_id = 99;
        """;

    [Fact]
    public async Task Looking_at_a_file_in_WAL_mode_that_nobody_has_open_leaves_nothing_beside_it()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("wal.db"), "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);");
        byte[] before = await File.ReadAllBytesAsync(engine.PathOf("wal.db"), TestContext.Current.CancellationToken);
        await using (IBackupSource source = await engine.Provider.OpenBackupSourceAsync(engine.Address("wal.db"), new BackupRequest(), TestContext.Current.CancellationToken))
        {
            Assert.Single((await source.ForeseeAsync(TestContext.Current.CancellationToken)).Tables);
        }

        Assert.Equal(["wal.db"], await engine.ListEverythingAsync());
        Assert.Equal(before, await File.ReadAllBytesAsync(engine.PathOf("wal.db"), TestContext.Current.CancellationToken));

        // Somebody who has it open is heard: what he wrote last stands in the file beside it.
        using Microsoft.Data.Sqlite.SqliteConnection other = SqliteConnections.Open(engine.Address("wal.db").GetConnectionString());
        other.Run("CREATE TABLE u (a)");
        await using IBackupSource again = await engine.Provider.OpenBackupSourceAsync(engine.Address("wal.db"), new BackupRequest(), TestContext.Current.CancellationToken);
        Assert.Equal(2, (await again.ForeseeAsync(TestContext.Current.CancellationToken)).Tables.Count);
    }

    [Theory]
    [InlineData("PRAGMA encoding = 'UTF-8'; PRAGMA page_size = 512;")]
    [InlineData("PRAGMA encoding = 'UTF-16le'; PRAGMA page_size = 8192;")]
    [InlineData("PRAGMA encoding = 'UTF-16be'; PRAGMA auto_vacuum = 1;")]
    [InlineData("PRAGMA journal_mode = WAL;")]
    public async Task A_restored_file_holds_everything(string settings)
    {
        SkipWithoutStrict();
        await using var engine = new SqliteEngine();
        string source = engine.PathOf("rich.db");
        Tool.Sqlite(source, settings + Rich);
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("rich.db"));
        Assert.True(archive.Manifest.Coverage.Complete);
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.Address("back.db"), RestoreMode.New)))
        {
            RestoredContent content = await target.ReadContentAsync(new RestoredContentRequest(null, 2), CancellationToken.None);
            Assert.Empty(content.IntegrityProblems);
            Assert.Equal(archive.Manifest.SchemaFingerprint, content.Schema.Fingerprint());
            Assert.All(archive.Manifest.Tables, table => Assert.Equal(table.Fingerprint, content.Fingerprints[table.Name]));
            await target.CommitAsync(CancellationToken.None);
        }

        foreach (string question in (string[])[".dump", ".sha3sum", "PRAGMA encoding; PRAGMA page_size; PRAGMA user_version; PRAGMA application_id; PRAGMA auto_vacuum; PRAGMA journal_mode;",
            "SELECT rowid, * FROM plain; SELECT * FROM docs WHERE docs MATCH 'fox'; SELECT * FROM boxes WHERE x0 > 1; SELECT * FROM sqlite_sequence;"])
            Assert.Equal(Tool.Sqlite(source, question), Tool.Sqlite(engine.PathOf("back.db"), question));
        Assert.Equal("ok", Tool.Sqlite(engine.PathOf("back.db"), "PRAGMA integrity_check;").Trim());
        Assert.DoesNotContain(archive.Manifest.Tables, table => table.Name.StartsWith("docs_", StringComparison.Ordinal) || table.Name.StartsWith("boxes_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UPDATE plain SET a = '9223372036854775807' WHERE rowid = 91", "plain")]
    [InlineData("UPDATE plain SET b = 1 WHERE rowid = 5", "plain")]
    [InlineData("UPDATE plain SET rowid = 6 WHERE rowid = 5", "plain")]
    [InlineData("UPDATE pairs SET v = '' WHERE k = 'b'", "pairs")]
    [InlineData("UPDATE docs SET body = 'other' WHERE title = 'one'", "docs")]
    [InlineData("DELETE FROM boxes WHERE id = 2", "boxes")]
    public async Task Every_change_of_a_value_or_its_type_changes_the_fingerprint_of_its_table(string change, string table)
    {
        SkipWithoutStrict();
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("rich.db"), Rich);
        MemoryArchive before = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("rich.db"));
        Tool.Sqlite(engine.PathOf("rich.db"), change + ";");
        MemoryArchive after = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("rich.db"));
        IEnumerable<string> changed = before.Manifest.Tables.Zip(after.Manifest.Tables).Where(pair => pair.First.Fingerprint != pair.Second.Fingerprint).Select(pair => pair.First.Name);
        Assert.Equal([table], changed);
    }

    [Fact]
    public async Task Rows_of_an_excluded_table_are_nowhere_in_the_archive()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("a.db"), "CREATE TABLE keep(a); CREATE TABLE secret(b); INSERT INTO keep VALUES ('visible-words'); INSERT INTO secret VALUES ('hidden-words'), ('hidden-words-2'); DELETE FROM secret WHERE rowid = 2;");
        var request = new BackupRequest { Scope = new BackupScope { ExcludeTables = ["SEC*"] } };
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("a.db"), request);
        using var all = new MemoryStream();
        foreach (ManifestPart part in archive.Manifest.Parts) await (await archive.OpenPartAsync(part, CancellationToken.None)).CopyToAsync(all, TestContext.Current.CancellationToken);
        string text = System.Text.Encoding.Latin1.GetString(all.ToArray());
        Assert.Contains("visible-words", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-words", text, StringComparison.Ordinal);
        Assert.Equal("excluded", archive.Manifest.Tables.Single(table => table.Name == "secret").RowsOmitted);
        Assert.Equal("Filtered", ArchiveExtent.Of(archive.Manifest));
    }

    [Theory]
    [InlineData("m*", "mine")]
    [InlineData("MAIN.m*", "mine")]
    [InlineData("*.keep", "keep")]
    [InlineData("a.b", "\"a.b\"")]
    public async Task A_pattern_without_a_dot_means_the_tables_name_alone(string pattern, string table)
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("a.db"), "CREATE TABLE mine(a); CREATE TABLE keep(a); CREATE TABLE \"a.b\"(a); INSERT INTO mine VALUES (1); INSERT INTO keep VALUES (1); INSERT INTO \"a.b\" VALUES (1)");
        var request = new BackupRequest { Scope = new BackupScope { ExcludeTables = [pattern] } };
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("a.db"), request);
        Assert.Equal([table], archive.Manifest.Tables.Where(item => item.RowsOmitted is not null).Select(item => item.Name));
        Assert.Equal([table], SafeDb.Restore.TableSelection.Select((await MemoryArchive.TakeAsync(engine.Provider, engine.Address("a.db"))).Manifest, [pattern])!);
    }

    [Theory]
    [InlineData("Sqlite.NothingMatches", "exclude", "nosuch")]
    [InlineData("Sqlite.NothingMatches", "include", "temp.mine")]
    [InlineData("Sqlite.ScopeUnsupported", "schema", "nosuch")]
    public async Task A_filter_that_matches_nothing_is_refused(string id, string kind, string pattern)
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("a.db"), "CREATE TABLE mine(a)");
        BackupScope scope = kind switch
        {
            "exclude" => new BackupScope { ExcludeTables = [pattern] },
            "include" => new BackupScope { IncludeTables = [pattern] },
            _ => new BackupScope { ExcludeSchemas = [pattern] },
        };
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(() => MemoryArchive.TakeAsync(engine.Provider, engine.Address("a.db"), new BackupRequest { Scope = scope }));
        Assert.Equal(id, refused.Id);
    }

    [Theory]
    [InlineData("CREATE TABLE t (a INT, b TEXT DEFAULT 'x''y')", "create table \"t\"( [a] INT , -- why\n `b`   TEXT default 'x''y')")]
    [InlineData("CREATE TABLE t (a INT, b TEXT)", "CREATE TABLE t (a INT); ALTER TABLE t ADD COLUMN b TEXT")]
    [InlineData("CREATE TABLE t (a INT, c TEXT)", "CREATE TABLE t (a INT, b TEXT); ALTER TABLE t RENAME COLUMN b TO c")]
    [InlineData("CREATE TABLE t (a INT)", "CREATE TABLE old (a INT); ALTER TABLE old RENAME TO t")]
    public async Task Definitions_that_mean_the_same_are_equal(string one, string two) => Assert.Equal(await FingerprintAsync(one), await FingerprintAsync(two));

    [Theory]
    [InlineData("CREATE TABLE t (a INT PRIMARY KEY)", "CREATE TABLE t (a INT PRIMARY KEY) WITHOUT ROWID")]
    [InlineData("CREATE TABLE t (a TEXT DEFAULT 'x')", "CREATE TABLE t (a TEXT DEFAULT 'X')")]
    [InlineData("CREATE TABLE t (a TEXT CHECK (a > 1))", "CREATE TABLE t (a TEXT CHECK (a > 2))")]
    [InlineData("CREATE TABLE t (a INT)", "CREATE TABLE t (a INT); CREATE TRIGGER t AFTER INSERT ON t BEGIN SELECT 1; END")]
    public async Task Definitions_that_differ_are_not_equal(string one, string two) => Assert.NotEqual(await FingerprintAsync(one), await FingerprintAsync(two));

    [Fact]
    public async Task Violations_of_the_source_are_facts_and_not_failures()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("a.db"), "PRAGMA foreign_keys=OFF; CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE c(p REFERENCES p(id), n INT CHECK (n > 0)); PRAGMA ignore_check_constraints=ON; INSERT INTO c VALUES (1, -1);");
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, engine.Address("a.db"));
        Assert.StartsWith("1 ", archive.Manifest.State["foreign_key_violations"], StringComparison.Ordinal);
        await using IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.ScratchPlace, RestoreMode.Scratch));
        RestoredContent content = await target.ReadContentAsync(new RestoredContentRequest(null, 1), CancellationToken.None);
        Assert.Empty(content.IntegrityProblems);
        Assert.Equal(archive.Manifest.State["foreign_key_violations"], content.State["foreign_key_violations"]);
        Assert.All(archive.Manifest.Tables, table => Assert.Equal(table.Fingerprint, content.Fingerprints[table.Name]));
    }

    [Fact]
    public async Task Changes_by_triggers_and_cascades_count()
    {
        await using var engine = new SqliteEngine();
        DatabaseAddress address = await engine.CreateSampleAsync();
        await using IDatabaseSession session = await engine.Provider.OpenSessionAsync(address, CancellationToken.None);
        long children = await engine.CountAsync(address, "child WHERE parent_id = 3");
        Assert.Equal(1 + children, (await session.ExecuteAsync("DELETE FROM parent WHERE id = 3", CancellationToken.None)).RowsAffected);
    }

    [Fact]
    public async Task A_syntax_error_says_where()
    {
        await using var engine = new SqliteEngine();
        await using IDatabaseSession session = await engine.Provider.OpenSessionAsync(await engine.CreateSampleAsync(), CancellationToken.None);
        SafeDbException error = await Assert.ThrowsAsync<SafeDbException>(() => session.ExecuteAsync("SELECT 'ü',\n  FROM parent", CancellationToken.None));
        Assert.Equal("Sqlite.Syntax", error.Id);
        if (SqliteNative.Version >= 3_038_000) Assert.Equal((2, 3), (error.Error.Location!.Line, error.Error.Location.Column));
        Assert.Equal(SqliteErrors.SeveralStatements.Id, (await Assert.ThrowsAsync<SafeDbException>(() => session.ExecuteAsync("SELECT 1; SELECT 2", CancellationToken.None))).Id);
        await session.ExecuteAsync("SELECT 1; -- the end\n;", CancellationToken.None);
    }

    [Fact]
    public void The_newer_library_is_used()
    {
        string shell = Tool.Run("sqlite3", string.Empty, "-version").Split(' ')[0];
        string[] numbers = shell.Split('.');
        int system = (int.Parse(numbers[0], null) * 1_000_000) + (int.Parse(numbers[1], null) * 1000) + int.Parse(numbers[2], null);
        Assert.True(SqliteNative.Version >= Math.Min(system, 3_035_000));
        if (Environment.GetEnvironmentVariable(SqliteNative.Override) is null && OperatingSystem.IsLinux()) Assert.Equal(Math.Max(system, 3_035_000) / 1000, SqliteNative.Version / 1000);
    }

    [Fact]
    public async Task What_the_library_is_too_old_for_does_not_pass_for_damage()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("future.db"), "CREATE TABLE t(a); PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE TABLE t(a) HOLOGRAPHIC';");
        SafeDbException error = await Assert.ThrowsAsync<SafeDbException>(async () =>
        {
            await using IBackupSource source = await engine.Provider.OpenBackupSourceAsync(engine.Address("future.db"), new BackupRequest(), CancellationToken.None);
            await source.DescribeAsync(CancellationToken.None);
        });
        Assert.Equal("Sqlite.SchemaNotUnderstood", error.Id);
        Assert.Equal(["future.db"], await engine.ListEverythingAsync());
    }

    private static void SkipWithoutStrict() => Assert.SkipWhen(SqliteNative.Version < 3_037_000, "the SQLite library in use has no STRICT tables");

    private static async Task<string> FingerprintAsync(string script)
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("s.db"), script + ";");
        await using IDatabaseSession session = await engine.Provider.OpenSessionAsync(engine.Address("s.db"), CancellationToken.None);
        return (await session.ReadSchemaAsync(CancellationToken.None)).Fingerprint();
    }
}
