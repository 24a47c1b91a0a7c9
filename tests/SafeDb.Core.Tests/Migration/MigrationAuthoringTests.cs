using SafeDb.Errors;
using SafeDb.Migration;
using SafeDb.Migration.Authoring;
using SafeDb.Migration.Formats;

using Xunit;

namespace SafeDb.Core.Tests.Migration;

public sealed class MigrationAuthoringTests
{
    private static readonly MigrationTexts Texts = new("create table n (id int);\n", "drop table n;\n", "select 1 where false;\n");

    /// <summary>Format, the folder's last file, its text, the files that are expected.</summary>
    public static TheoryData<string, string, string, string[]> Folders => new()
    {
        { "plain", "", "", ["001_add_n.up.sql", "001_add_n.down.sql", "001_add_n.verify.sql"] },
        { "plain", "0009_a.up.sql", "select 1;", ["0010_add_n.up.sql", "0010_add_n.down.sql", "0010_add_n.verify.sql"] },
        { "plain", "001_a/up.sql", "select 1;", ["002_add_n/up.sql", "002_add_n/down.sql", "002_add_n/verify.sql"] },
        { "plain", "001_a.sql", "-- safedb:up\nselect 1;\n-- safedb:down\nselect 2;\n", ["002_add_n.sql"] },
        { "plain", "202601021200_a.up.sql", "select 1;", ["202601021504_add_n.up.sql", "202601021504_add_n.down.sql", "202601021504_add_n.verify.sql"] },
        { "prisma", "0_init/migration.sql", "select 1;", ["20260102150405_add_n/migration.sql", "20260102150405_add_n/down.sql", "20260102150405_add_n/verify.sql"] },
        { "prisma", "20270101000000_a/migration.sql", "select 1;", ["20270101000001_add_n/migration.sql", "20270101000001_add_n/down.sql", "20270101000001_add_n/verify.sql"] },
        { "node-pg-migrate", "1700000000000_a.sql", "-- Up Migration\nselect 1;", ["1767366245000_add_n.sql"] },
        { "node-pg-migrate", "20240101000000000_a.sql", "-- Up Migration\nselect 1;", ["20260102150405000_add_n.sql"] },
        { "dbmate", "20240101000000_a.sql", "-- migrate:up\nselect 1;", ["20260102150405_add_n.sql"] },
        { "dbmate", "007_a.sql", "-- migrate:up\nselect 1;", ["008_add_n.sql"] },
        { "flyway", "V1_2__a.sql", "select 1;", ["V2__add_n.sql", "U2__add_n.sql"] },
        { "flyway", "V009__a.sql", "select 1;", ["V010__add_n.sql", "U010__add_n.sql"] },
        { "golang-migrate", "", "", ["000001_add_n.up.sql", "000001_add_n.down.sql"] },
        { "golang-migrate", "00041_a.up.sql", "select 1;", ["00042_add_n.up.sql", "00042_add_n.down.sql"] },
        { "golang-migrate", "1700000000_a.up.sql", "select 1;", ["1767366245_add_n.up.sql", "1767366245_add_n.down.sql"] },
    };

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_new_migration_is_the_folders_last_one_and_reads_back_as_written(string format, string last, string text, string[] expected)
    {
        using var folder = new MigrationFolderFixture(last.Length == 0 ? [] : [(last, text)]);

        NewMigration made = MigrationAuthoring.Write(new MigrationAuthoring(new StandingClock()).Plan(folder.Path, format, "Add n", Texts));

        Assert.Equal(expected, made.Files.Select(file => Path.GetRelativePath(folder.Path, file)));
        MigrationScript script = FormatCatalog.Named(format).Read(folder.Folder)[^1];
        Assert.Equal((made.Id, "add_n"), (script.Id, script.Name.Replace(' ', '_')));
        Assert.Contains("create table n", script.UpSql, StringComparison.Ordinal);
        Assert.DoesNotContain("drop", script.UpSql, StringComparison.Ordinal);
        Assert.Contains("drop table n", script.DownSql, StringComparison.Ordinal);
        Assert.Equal(format is "plain" or "prisma", script.VerifySql?.Contains("where false", StringComparison.Ordinal) ?? false);
        Assert.Equal(format, FormatCatalog.Choose(folder.Folder, format == "golang-migrate" ? format : null, []).Name);
    }

    [Theory]
    [InlineData("größe ändern", "grosse_andern")]
    [InlineData("GRÖSSE  Ändern!", "grosse_andern")]
    [InlineData("Łódź, œuvre & Ærø", "lodz_oeuvre_aero")]
    [InlineData("добавить цену", "добавить_цену")]
    [InlineData("いちご ガム", "いちご_ガム")]
    [InlineData("__add n__", "add_n")]
    public void Letters_of_any_language_survive_and_every_format_reads_them_back(string name, string expected)
    {
        foreach (string format in new[] { "plain", "prisma", "node-pg-migrate", "dbmate", "flyway", "golang-migrate" })
        {
            using var folder = new MigrationFolderFixture();
            NewMigration made = MigrationAuthoring.Write(new MigrationAuthoring(new StandingClock()).Plan(folder.Path, format, name, Texts));
            Assert.Equal(expected, made.Name);
            Assert.Equal(expected, FormatCatalog.Named(format).Read(folder.Folder)[^1].Name.Replace(' ', '_'));
        }
    }

    [Theory]
    [InlineData("add/orders", "Migration.NameHasFolder")]
    [InlineData("..\\orders", "Migration.NameHasFolder")]
    [InlineData("--", "Migration.NameInvalid")]
    public void A_path_is_no_name(string name, string id)
    {
        using var folder = new MigrationFolderFixture();
        Assert.Equal(id, Assert.Throws<SafeDbException>(() => new MigrationAuthoring(new StandingClock()).Plan(folder.Path, null, name, Texts)).Id);
    }

    [Fact]
    public void Two_can_be_begun_before_the_first_is_written_and_neither_runs_as_it_is()
    {
        using var folder = new MigrationFolderFixture();
        var authoring = new MigrationAuthoring(new StandingClock());
        MigrationAuthoring.Write(authoring.Plan(folder.Path, null, "one", MigrationTexts.Empty));

        Assert.Equal("002", MigrationAuthoring.Write(authoring.Plan(folder.Path, null, "two", MigrationTexts.Empty)).Id);
        SafeDbException refused = Assert.Throws<SafeDbException>(() => FormatCatalog.Choose(folder.Folder, null, []).Read(folder.Folder));
        Assert.Equal("Migration.Empty", refused.Error.Id);
    }

    [Fact]
    public void A_file_that_is_there_is_kept_and_nothing_is_left_behind()
    {
        using var folder = new MigrationFolderFixture();
        MigrationDraft draft = new MigrationAuthoring(new StandingClock()).Plan(folder.Path, null, "one", Texts);
        folder.Write("001_one.down.sql", "mine");

        SafeDbException refused = Assert.Throws<SafeDbException>(() => MigrationAuthoring.Write(draft));

        Assert.Equal("Migration.NotWritten", refused.Error.Id);
        Assert.Contains("001_one.down.sql", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(["001_one.down.sql"], folder.Folder.Files);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(folder.Path, "001_one.down.sql")));
    }

    [Theory]
    [InlineData("")]
    public void A_name_without_letters_is_refused(string name)
    {
        using var folder = new MigrationFolderFixture();
        SafeDbException refused = Assert.Throws<SafeDbException>(() => new MigrationAuthoring(new StandingClock()).Plan(folder.Path, null, name, Texts));
        Assert.Equal("Migration.NameInvalid", refused.Error.Id);
    }

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 15, 4, 5, TimeSpan.Zero);
    }
}
