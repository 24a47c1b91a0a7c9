using SafeDb.Errors;
using SafeDb.Migration;
using SafeDb.Migration.Formats;

using Xunit;

namespace SafeDb.Core.Tests.Migration;

public sealed class FormatTests
{
    private const string Sql = "create table t (id int);\n";

    [Fact]
    public void Plain_reads_its_three_layouts_with_lines_and_ways_back()
    {
        using var folder = new MigrationFolderFixture(
            ("001_init.up.sql", Sql), ("001_init.down.sql", "drop table t;"), ("001_init.verify.sql", "select 1 where false;"),
            ("002_orders/up.sql", "-- safedb:rollback restore last night's backup\ncreate table orders (id int);"),
            ("003_one.sql", "-- header\n-- safedb:up\nalter table t add b int;\n-- safedb:down\nalter table t drop b;\n-- safedb:verify\nselect 1 where false;\n"));

        IReadOnlyList<MigrationScript> scripts = Choose(folder, "plain").Read(folder.Folder);

        Assert.Equal(["001", "002", "003"], scripts.Select(script => script.Id));
        Assert.Equal("drop table t;", scripts[0].DownSql);
        Assert.Equal("select 1 where false;", scripts[0].VerifySql);
        Assert.Equal("restore last night's backup", scripts[1].ManualRollback);
        Assert.Null(scripts[1].DownSql);
        Assert.Equal(2, scripts[2].UpLine);
        Assert.Equal(4, scripts[2].DownLine);
        Assert.DoesNotContain("drop", scripts[2].UpSql, StringComparison.Ordinal);
        Assert.Contains("drop b", scripts[2].DownSql, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_ends_and_a_byte_order_mark_are_no_edit()
    {
        using var one = new MigrationFolderFixture(("001_a.up.sql", "create table t (\n id int);\n"));
        using var other = new MigrationFolderFixture(("001_a.up.sql", "\uFEFFcreate table t (\r\n id int);\r\n"));
        using var edited = new MigrationFolderFixture(("001_a.up.sql", "create table t (\n id bigint);\n"));

        string checksum = Checksum(one);

        Assert.Equal(checksum, Checksum(other));
        Assert.NotEqual(checksum, Checksum(edited));

        static string Checksum(MigrationFolderFixture folder) => new PlainFormat().Read(folder.Folder).Single().Checksum;
    }

    [Theory]
    [InlineData("Migration.Gap", "001_a.up.sql", "003_c.up.sql")]
    [InlineData("Migration.Duplicate", "001_a.up.sql", "1_b.up.sql")]
    [InlineData("Migration.Duplicate", "001_a.up.sql", "001_a.sql")]
    [InlineData("Migration.UpMissing", "001_a.up.sql", "002_b.down.sql")]
    [InlineData("Migration.FileNotUnderstood", "001_a.up.sql", "seed.sql")]
    public void Plain_refuses_what_it_cannot_order(string id, params string[] files)
    {
        using var folder = new MigrationFolderFixture([.. files.Select(file => (file, Sql))]);

        Assert.Equal(id, Assert.Throws<SafeDbException>(() => new PlainFormat().Read(folder.Folder)).Id);
    }

    [Fact]
    public void Dates_as_numbers_have_no_gaps()
    {
        using var folder = new MigrationFolderFixture(("20240101_a.up.sql", Sql), ("20240301_b.up.sql", Sql));

        Assert.Equal(2, new PlainFormat().Read(folder.Folder).Count);
    }

    [Fact]
    public void A_file_that_is_not_utf8_or_holds_nothing_is_refused()
    {
        using var folder = new MigrationFolderFixture(("001_a.up.sql", "-- nothing\n/* ; */ ;\n"));
        Assert.Equal("Migration.Empty", Assert.Throws<SafeDbException>(() => new PlainFormat().Read(folder.Folder)).Id);

        File.WriteAllBytes(Path.Combine(folder.Path, "001_a.up.sql"), [0x73, 0xE9, 0x20]);
        Assert.Equal("Migration.NotUtf8", Assert.Throws<SafeDbException>(() => new PlainFormat().Read(folder.Folder)).Id);
    }

    [Fact]
    public void Prisma_sorts_as_its_command_does_and_reads_ways_back_beside()
    {
        using var folder = new MigrationFolderFixture(
            ("migration_lock.toml", "# comment\nprovider = \"postgresql\"\n"), ("202401010000_a/migration.sql", Sql), ("20240101_b/migration.sql", Sql),
            ("20240101_b/down.sql", "drop table t;"));

        IReadOnlyList<MigrationScript> scripts = Choose(folder, "prisma").Read(folder.Folder);

        Assert.Equal(["20240101_b", "202401010000_a"], scripts.Select(script => script.Id));
        Assert.Equal("drop table t;", scripts[0].DownSql);
        Assert.Equal(MigrationChecksums.Sha256(Sql), scripts[0].Checksum);
        Assert.Equal("postgresql", PrismaFormat.LockedProvider(folder.Folder));
    }

    [Fact]
    public void Prisma_directories_without_file_and_contract_migrations_are_refused()
    {
        using var folder = new MigrationFolderFixture(("migration_lock.toml", ""), ("20240101000000_a/migration.sql", Sql));
        Directory.CreateDirectory(Path.Combine(folder.Path, "20240102000000_b"));
        Assert.Equal("Migration.FileMissing", Assert.Throws<SafeDbException>(() => new PrismaFormat().Read(folder.Folder)).Id);

        using var contract = new MigrationFolderFixture(("20260101_a/migration.json", "{}"), ("20260101_a/ops.json", "[]"));
        Assert.Equal("Migration.PrismaContract", Assert.Throws<SafeDbException>(() => Choose(contract, "prisma").Read(contract.Folder)).Id);
    }

    [Fact]
    public void Node_pg_migrate_orders_by_number_where_17_digits_are_a_date()
    {
        const string Both = "-- Up Migration\ncreate table t (id int);\n-- Down Migration\ndrop table t;\n";
        string[] names = ["20240101000000000_utc", "1700000000000_ms", "10_c", "2_b", "0003_d", "1_a"];
        using var folder = new MigrationFolderFixture([.. names.Select(name => (name + ".sql", Both))]);

        IReadOnlyList<MigrationScript> scripts = Choose(folder, "node-pg-migrate").Read(folder.Folder);

        Assert.Equal(["1_a", "2_b", "0003_d", "10_c", "1700000000000_ms", "20240101000000000_utc"], scripts.Select(script => script.Id));
        Assert.DoesNotContain("drop", scripts[0].UpSql, StringComparison.Ordinal);
        Assert.Contains("drop table", scripts[0].DownSql, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Migration.DownRunsAsUp", "1_a.down.sql", "drop table t;")]
    [InlineData("Migration.Program", "1_a.js", "exports.up = () => {}")]
    [InlineData("Migration.Markers", "1_a.sql", "create table t (id int);\n-- Down Migration\ndrop table t;")]
    [InlineData("Migration.FileNotUnderstood", "readme.txt", "hello")]
    public void Node_pg_migrate_traps_are_refused(string id, string file, string text)
    {
        using var folder = new MigrationFolderFixture((file, text));

        Assert.Equal(id, Assert.Throws<SafeDbException>(() => new NodePgMigrateFormat().Read(folder.Folder)).Id);
    }

    [Fact]
    public void Flyway_orders_versions_by_numbers_and_repeatables_last()
    {
        using var folder = new MigrationFolderFixture(
            ("V1_10__ten.sql", Sql), ("V1_2__two.sql", Sql), ("U1_2__two.sql", "drop table t;"), ("R__views.sql", Sql), ("sub/V2__sub_folder.sql", Sql), ("B1_2__base.sql", Sql));

        IReadOnlyList<MigrationScript> scripts = Choose(folder, "flyway").Read(folder.Folder);

        Assert.Equal(["1.2", "1.2", "1.10", "2", "R__views"], scripts.Select(script => script.Id));
        Assert.Equal(MigrationKind.Baseline, scripts[0].Kind);
        Assert.Equal("drop table t;", scripts[1].DownSql);
        Assert.Equal("sub folder", scripts[3].Name);
        Assert.Equal("sub/V2__sub_folder.sql", scripts[3].HistoryName);
        Assert.True(scripts[4].Repeatable);
    }

    [Theory]
    [InlineData("Migration.Duplicate", "V1__a.sql", "V1_0__b.sql")]
    [InlineData("Migration.UpMissing", "V1__a.sql", "U2__b.sql")]
    [InlineData("Migration.FileNotUnderstood", "V1__a.sql", "v2_b.sql")]
    [InlineData("Migration.Program", "V1__a.sql", "V2__b.java")]
    public void Flyway_refuses_what_it_cannot_order(string id, params string[] files)
    {
        using var folder = new MigrationFolderFixture([.. files.Select(file => (file, Sql))]);

        Assert.Equal(id, Assert.Throws<SafeDbException>(() => new FlywayFormat().Read(folder.Folder)).Id);
    }

    [Fact]
    public void Flyway_placeholders_are_refused()
    {
        using var folder = new MigrationFolderFixture(("V1__a.sql", "create table ${prefix}_t (id int);"));

        Assert.Equal("Migration.Placeholder", Assert.Throws<SafeDbException>(() => new FlywayFormat().Read(folder.Folder)).Id);
    }

    [Fact]
    public void Dbmate_reads_its_option_and_its_sections()
    {
        using var folder = new MigrationFolderFixture(
            ("20240101_a.sql", "-- migrate:up transaction:false\ncreate index concurrently i on t (id);\n-- migrate:down\ndrop index i;\n"));

        MigrationScript script = Choose(folder, "dbmate").Read(folder.Folder).Single();

        Assert.Equal(("20240101", "a", true), (script.Id, script.Name, script.NoTransaction));
        Assert.Contains("drop index", script.DownSql, StringComparison.Ordinal);
    }

    [Fact]
    public void Golang_migrate_is_chosen_only_by_its_history_or_by_name()
    {
        using var folder = new MigrationFolderFixture(("000001_a.up.sql", Sql), ("000001_a.down.sql", "drop table t;"));

        Assert.Equal("plain", FormatCatalog.Choose(folder.Folder, null, []).Name);
        Assert.Equal("golang-migrate", FormatCatalog.Choose(folder.Folder, null, ["golang-migrate"]).Name);
        Assert.Equal("1", FormatCatalog.Choose(folder.Folder, "Golang-Migrate", []).Read(folder.Folder).Single().Id);
    }

    [Fact]
    public void Two_certain_formats_in_one_folder_are_ambiguous()
    {
        using var folder = new MigrationFolderFixture(("1_a.sql", "-- migrate:up\nselect 1;"), ("V1__b.sql", Sql));

        Assert.Equal("Migration.FormatAmbiguous", Assert.Throws<SafeDbException>(() => FormatCatalog.Choose(folder.Folder, null, [])).Id);
    }

    [Fact]
    public void Nothing_is_guessed_from_nothing()
    {
        using var folder = new MigrationFolderFixture(("notes.md", "hello"));

        Assert.Equal("Migration.FormatNotRecognised", Assert.Throws<SafeDbException>(() => FormatCatalog.Choose(folder.Folder, null, [])).Id);
        Assert.Equal("Migration.FormatUnknown", Assert.Throws<SafeDbException>(() => FormatCatalog.Choose(folder.Folder, "liqui", [])).Id);
        Assert.Equal("Migration.FormatMismatch", Assert.Throws<SafeDbException>(() => FormatCatalog.Choose(folder.Folder, "prisma", [])).Id);
        Assert.Equal("Migration.FolderNotFound", Assert.Throws<SafeDbException>(() => MigrationFolderReader.Read("/nowhere/at/all")).Id);
    }

    private static IMigrationFormat Choose(MigrationFolderFixture folder, string expected)
    {
        IMigrationFormat format = FormatCatalog.Choose(folder.Folder, null, []);
        Assert.Equal(expected, format.Name);
        return format;
    }
}
