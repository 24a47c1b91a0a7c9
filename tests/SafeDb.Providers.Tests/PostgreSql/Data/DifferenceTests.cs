using Npgsql;

using SafeDb.Archive;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Whatever is done to a restored copy, the drill's fingerprints see it and the difference is named.</summary>
public sealed class DifferenceTests(PostgresCluster cluster)
{
    private const string Shop = """
        CREATE TABLE item (shop int, number text, price numeric, note text, PRIMARY KEY (shop, number));
        INSERT INTO item SELECT i % 7, 'n' || i, i * 1.5, CASE WHEN i % 3 = 0 THEN NULL ELSE 'a' || i END FROM generate_series(1, 5000) i;
        CREATE TABLE log (line text, detail text);
        INSERT INTO log SELECT 'line ' || (i % 1000), 'd' || (i % 1000) FROM generate_series(1, 3000) i;
        """;

    [Theory]
    [InlineData("UPDATE item SET price = price + 0.1 WHERE number = 'n42'", RowChange.Changed, "shop=0, number=n42", "price")]
    [InlineData("UPDATE item SET note = '' WHERE number = 'n3'", RowChange.Changed, "shop=3, number=n3", "note")]
    [InlineData("UPDATE item SET note = price::text, price = 0 WHERE number = 'n5000'", RowChange.Changed, "shop=2, number=n5000", "price,note")]
    [InlineData("DELETE FROM item WHERE number = 'n77'", RowChange.Missing, "shop=0, number=n77", "")]
    [InlineData("INSERT INTO item VALUES (9, 'new', 1, NULL)", RowChange.Extra, "shop=9, number=new", "")]
    public async Task One_changed_row_is_named(string corruption, RowChange change, string key, string columns)
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Shop);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await ExecuteAsync(copy, corruption);
        Assert.Equal(["public.item"], await DifferentTablesAsync(archive, copy));
        IReadOnlyList<RowDifference> found = await copy.FindDifferencesAsync(archive.Manifest.Tables.Single(table => table.Name == "public.item"), archive, 10, default);
        RowDifference only = Assert.Single(found);
        Assert.Equal(("public.item", change, key, columns), (only.Table, only.Change, only.Key, string.Join(',', only.Columns)));
    }

    [Theory]
    [InlineData("INSERT INTO log VALUES ('line 5', 'd5')", RowChange.Extra)]
    [InlineData("DELETE FROM log WHERE ctid = (SELECT min(ctid) FROM log WHERE line = 'line 5')", RowChange.Missing)]
    public async Task A_duplicated_or_lost_row_of_a_table_without_key_is_named(string corruption, RowChange change)
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Shop);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await ExecuteAsync(copy, corruption);
        Assert.Equal(["public.log"], await DifferentTablesAsync(archive, copy));
        RowDifference only = Assert.Single(await copy.FindDifferencesAsync(archive.Manifest.Tables.Single(table => table.Name == "public.log"), archive, 10, default));
        Assert.Equal(change, only.Change);
        Assert.StartsWith("row sha256:", only.Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swapped_columns_change_every_row_and_the_list_stops_at_its_limit()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE pair (id int PRIMARY KEY, a int, b int); INSERT INTO pair SELECT i, i, -i FROM generate_series(1, 3000) i");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await ExecuteAsync(copy, "UPDATE pair SET a = b, b = a");
        IReadOnlyList<RowDifference> found = await copy.FindDifferencesAsync(archive.Manifest.Tables.Single(), archive, 25, default);
        Assert.Equal(25, found.Count);
        Assert.All(found, difference => Assert.Equal((RowChange.Changed, "a,b"), (difference.Change, string.Join(',', difference.Columns))));
    }

    [Fact]
    public async Task A_sequence_and_a_large_object_that_differ_are_seen()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE SEQUENCE s; SELECT nextval('s'); SELECT lo_from_bytea(5555, decode(repeat('aabb', 300000), 'hex'))");
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await ExecuteAsync(copy, "SELECT nextval('s'); SELECT lo_put(5555, 400000, '\\x00')");
        RestoredContent content = await copy.ReadContentAsync(new RestoredContentRequest(null, 2), default);
        Assert.NotEqual(archive.Manifest.State["sequence public.s"], content.State["sequence public.s"]);
        Assert.Equal(["pg_catalog.pg_largeobject"], await DifferentTablesAsync(archive, copy));
        RowDifference only = Assert.Single(await copy.FindDifferencesAsync(archive.Manifest.Tables.Single(table => table.Name == "pg_catalog.pg_largeobject"), archive, 10, default));
        Assert.Equal("loid=5555, page=1", only.Key);
    }

    private static async Task<IReadOnlyList<string>> DifferentTablesAsync(MemoryArchive archive, IRestoreTarget copy)
    {
        RestoredContent content = await copy.ReadContentAsync(new RestoredContentRequest(null, 2), default);
        return [.. archive.Manifest.Tables.Where(table => content.Fingerprints[table.Name] != table.Fingerprint).Select(table => table.Name)];
    }

    private static async Task ExecuteAsync(IRestoreTarget copy, string sql)
    {
        await using var connection = new NpgsqlConnection(copy.Copy.GetConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
