using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;
using SafeDb.Restore;
using SafeDb.Verification;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>What filters take and leave out.</summary>
public sealed class FilterTests(PostgresCluster cluster)
{
    // Partitions at two levels, one of them in another schema; a child by inheritance, which is a table of its own; names with a dot.
    private const string Sales = """
        CREATE SCHEMA sales; CREATE SCHEMA parts; CREATE SCHEMA empty;
        CREATE TABLE sales.orders (id int, year int, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
        CREATE TABLE sales.orders_2024 PARTITION OF sales.orders FOR VALUES IN (2024);
        CREATE TABLE parts.orders_2025 PARTITION OF sales.orders FOR VALUES IN (2025) PARTITION BY RANGE (id);
        CREATE TABLE parts.low PARTITION OF parts.orders_2025 FOR VALUES FROM (0) TO (100);
        CREATE TABLE parts.high PARTITION OF parts.orders_2025 FOR VALUES FROM (100) TO (200);
        INSERT INTO sales.orders VALUES (1, 2024), (2, 2025), (150, 2025);
        CREATE TABLE sales.base (id int); CREATE TABLE sales.child () INHERITS (sales.base); INSERT INTO sales.base VALUES (1); INSERT INTO sales.child VALUES (2);
        CREATE TABLE public.people (id int, order_id int, order_year int, FOREIGN KEY (order_id, order_year) REFERENCES sales.orders); INSERT INTO public.people VALUES (1, 1, 2024);
        CREATE TABLE public.log (id int); INSERT INTO public.log VALUES (1);
        CREATE TABLE public."a.b" (id int); INSERT INTO public."a.b" VALUES (1);
        """;

    private static readonly string[] Orders = ["parts.high", "parts.low", "sales.orders_2024"];

    [Theory]
    [InlineData("p*", "public.people")]
    [InlineData("public.p*", "public.people")]
    [InlineData("public.*", "public.\"a.b\"", "public.log", "public.people")]
    [InlineData("*.log", "public.log")]
    [InlineData("a.b", "public.\"a.b\"")]
    [InlineData("public.\"a.b\"", "public.\"a.b\"")]
    [InlineData("sales.orders", "parts.high", "parts.low", "sales.orders_2024")]
    [InlineData("orders", "parts.high", "parts.low", "sales.orders_2024")]
    [InlineData("parts.orders_2025", "parts.high", "parts.low")]
    [InlineData("parts.low", "parts.low")]
    [InlineData("sales.base", "sales.base")]
    public async Task A_pattern_means_the_same_tables_whether_it_takes_them_or_leaves_them_out(string pattern, params string[] tables)
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Sales);
        Assert.Equal(tables, (await TakeAsync(source, new BackupScope { ExcludeTables = [pattern] })).Where(table => table.RowsOmitted == "excluded").Select(table => table.Name));
        Assert.Equal(tables, (await TakeAsync(source, new BackupScope { IncludeTables = [pattern] })).Where(table => table.RowsOmitted is null).Select(table => table.Name));

        // The same words choose the same tables of an archive.
        MemoryArchive whole = await MemoryArchive.BackupAsync(source.Address);
        IReadOnlySet<string>? selected = TableSelection.Select(whole.Manifest, [pattern]);
        Assert.Equal(tables, selected!.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("schema", "nosuch")]
    [InlineData("table", "peeple")]
    [InlineData("table", "public.peeple")]
    [InlineData("table", "nosuch.people")]
    public async Task An_exclusion_that_matches_nothing_is_refused(string kind, string pattern)
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Sales);
        BackupScope scope = kind == "schema" ? new BackupScope { ExcludeSchemas = [pattern] } : new BackupScope { ExcludeTables = ["log", pattern] };
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(() => TakeAsync(source, scope));
        Assert.Equal("PostgreSql.NothingMatches", refused.Id);
        Assert.Contains($"No {kind} matches the filter {pattern}.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exclusion_of_what_holds_no_rows_is_no_typing_error()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE SCHEMA \"My Empty\"; CREATE TABLE bare (id int) PARTITION BY LIST (id)");
        Assert.Empty(await TakeAsync(source, new BackupScope { ExcludeSchemas = ["My Empty"], ExcludeTables = ["public.bare"] }));
    }

    [Fact]
    public async Task Filters_choose_rows_and_every_definition_is_restored()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Sales);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 2, Scope = new BackupScope { ExcludeSchemas = ["parts"], ExcludeTables = ["sales.orders"] } });
        Assert.Empty(Orders.SelectMany(archive.Lines));
        Assert.Single(archive.Lines("public.people"));

        // The foreign key leads to rows that are not there.
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);
        Assert.Contains(archive.Manifest.SchemaObjects, item => item.Key == "table parts.low");
    }

    [Fact]
    public async Task An_archive_is_judged_by_what_it_holds_and_not_by_its_filters()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Sales);

        // As made when a pattern without a dot also met the schema, and a partitioned table did not mean its partitions: everything there was is in it.
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 2, Scope = new BackupScope { ExcludeTables = ["log"] } });
        foreach (BackupScope scope in new[] { new BackupScope { ExcludeTables = ["sales.orders"] }, new BackupScope { ExcludeTables = ["nosuch"] }, new BackupScope { ExcludeTables = ["*"] } })
        {
            ArchiveManifest manifest = archive.Manifest with { Scope = scope };
            await using IRestoreTarget copy = await Drill.RestoreAsync(archive.As(manifest), Drill.Scratch(source));
            await Drill.AssertEqualAsync(manifest, copy);
        }
    }

    [Fact]
    public async Task The_rows_of_a_partitioned_table_are_restored_alone()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Sales);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source) with { Tables = ["sales.orders"] });
        RestoredContent content = await copy.ReadContentAsync(new RestoredContentRequest(null, 2), default);
        Assert.Equal(Orders, content.Fingerprints.Where(table => table.Value.Rows > 0).Select(table => table.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_archive_for_its_rows_holds_the_definitions_and_a_drill_compares_them()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Sales);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 2, Scope = new BackupScope { DataOnly = true } });
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        RestoredContent content = await copy.ReadContentAsync(new RestoredContentRequest(null, 2), default);
        Assert.True(Compare(archive.Manifest).Equal);
        Assert.Single(Compare(archive.Manifest with { SchemaObjects = [.. archive.Manifest.SchemaObjects.Where(item => item.Key != "table public.log")] }).Schema);

        ContentComparison Compare(ArchiveManifest manifest) => ContentComparison.Compare(manifest, content, null, rows: true, new Dictionary<string, TimeSpan>());
    }

    private static async Task<IReadOnlyList<ManifestTable>> TakeAsync(TestDatabase source, BackupScope scope) =>
        [.. (await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 2, Scope = scope })).Manifest.Tables.OrderBy(table => table.Name, StringComparer.Ordinal)];
}
