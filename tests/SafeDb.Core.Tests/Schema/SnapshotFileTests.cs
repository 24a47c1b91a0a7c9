using SafeDb.Addresses;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Core.Tests.Schema;

public sealed class SnapshotFileTests : IDisposable
{
    private static readonly DatabaseSchema Shop = new(DatabaseEngine.Sqlite, 3040001, [new SchemaObject("table", "orders", "CREATE TABLE orders(id INTEGER);"), new SchemaObject("index", "i", "CREATE INDEX i ON orders(id);") { Parent = "table orders" }]);
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-snapshot-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_found_by_its_fingerprint_and_by_no_other()
    {
        string path = SnapshotFile.Write(_folder, Snapshot(Shop));

        FoundSnapshot found = SnapshotFile.Find(_folder, Shop.Fingerprint())!;
        Assert.Equal((path, null, Shop.Fingerprint()), (found.Path, found.Problem, found.Snapshot!.ToSchema().Fingerprint()));
        Assert.Equal("table orders", found.Snapshot.Objects[1].Parent);
        Assert.Null(SnapshotFile.Find(_folder, new string('0', 64)));
        Assert.Null(SnapshotFile.Find(null, Shop.Fingerprint()));
    }

    [Theory]
    [InlineData("../../../../../../../../etc/passwd")]
    [InlineData("")]
    [InlineData("../../aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_no_fingerprint_leads_to_no_file(string recorded) => Assert.Null(SnapshotFile.Find(_folder, recorded));

    [Theory]
    [InlineData("orders(id INTEGER)", "orders(id TEXT)", "its objects do not have its fingerprint")]
    [InlineData("\"dependsOn\": []", "\"dependsOn\": null", "are null")]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 2", "format version is 2")]
    [InlineData("\"objects\": [", "\"objects\": [null,", "are null")]
    [InlineData("{", "", "is not a usable schema snapshot")]
    public void A_file_that_was_changed_is_not_used_and_is_written_anew(string text, string other, string problem)
    {
        string path = SnapshotFile.Write(_folder, Snapshot(Shop));
        string content = File.ReadAllText(path);
        Assert.Contains(text, content, StringComparison.Ordinal);
        File.WriteAllText(path, content.Replace(text, other, StringComparison.Ordinal));

        FoundSnapshot found = SnapshotFile.Find(_folder, Shop.Fingerprint())!;
        Assert.Null(found.Snapshot);
        Assert.Contains(problem, found.Problem, StringComparison.Ordinal);
        SnapshotFile.Write(_folder, Snapshot(Shop));
        Assert.Equal(content, File.ReadAllText(path));
    }

    [Fact]
    public void A_whole_snapshot_of_another_schema_under_the_name_is_not_used()
    {
        DatabaseSchema another = Shop with { Objects = [Shop.Objects[0]] };
        string path = SnapshotFile.Write(_folder, Snapshot(Shop));
        File.Move(SnapshotFile.Write(_folder, Snapshot(another)), path, overwrite: true);

        Assert.Contains("it is of another schema", SnapshotFile.Find(_folder, Shop.Fingerprint())!.Problem, StringComparison.Ordinal);
    }

    private static SchemaSnapshot Snapshot(DatabaseSchema schema) => new()
    {
        Database = "sqlite:./shop.db", Engine = schema.Engine, EngineVersion = schema.EngineVersion, TakenAt = DateTimeOffset.UnixEpoch, Fingerprint = schema.Fingerprint(), Objects = schema.Objects,
    };
}
