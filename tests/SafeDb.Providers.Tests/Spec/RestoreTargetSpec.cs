using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Errors;

using Xunit;

namespace SafeDb.Providers.Tests.Spec;

/// <summary>What every <see cref="IRestoreTarget"/> must do.</summary>
public abstract class RestoreTargetSpec
{
    private static readonly RestoredContentRequest All = new(null, 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<EngineUnderTest> StartAsync();

    [Fact]
    public async Task A_scratch_copy_equals_the_source_and_goes_away()
    {
        await using EngineUnderTest engine = await StartAsync();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, await engine.CreateSampleAsync());
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.ScratchPlace, RestoreMode.Scratch)))
        {
            await AssertEqualAsync(archive.Manifest, target);
            Assert.NotEqual(0, await engine.CountAsync(target.Copy, "child"));
            await engine.RunAsync(target.Copy, "UPDATE parent SET name = 'rehearsed'");
        }

        Assert.Equal(before, await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task Differences_name_table_key_and_columns()
    {
        await using EngineUnderTest engine = await StartAsync();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, await engine.CreateSampleAsync());
        await using IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.ScratchPlace, RestoreMode.Scratch));
        await engine.RunAsync(
            target.Copy, "UPDATE parent SET name = 'changed' WHERE id = 1", "INSERT INTO parent (id, name) VALUES (999, 'extra')", "DELETE FROM child WHERE id = 1");
        ManifestTable parent = archive.Manifest.Tables.Single(table => table.Name.EndsWith("parent", StringComparison.Ordinal));
        ManifestTable child = archive.Manifest.Tables.Single(table => table.Name.EndsWith("child", StringComparison.Ordinal));
        IReadOnlyList<RowDifference> found = [.. await target.FindDifferencesAsync(parent, archive, 10, Token), .. await target.FindDifferencesAsync(child, archive, 10, Token)];
        Assert.Equal(3, found.Count);
        RowDifference changed = Assert.Single(found, item => item.Change == RowChange.Changed);
        Assert.Equal((parent.Name, "id=1"), (changed.Table, changed.Key));
        Assert.Equal(["name"], changed.Columns);
        Assert.Equal("id=999", Assert.Single(found, item => item.Change == RowChange.Extra).Key);
        Assert.Equal((child.Name, "id=1"), Assert.Single(found, item => item.Change == RowChange.Missing) is var gone ? (gone.Table, gone.Key) : default);
        RestoredContent content = await target.ReadContentAsync(All, Token);
        Assert.NotEqual(parent.Fingerprint, content.Fingerprints[parent.Name]);
    }

    [Fact]
    public async Task New_refuses_a_database_with_content_before_anything_is_made()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, source);
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(
            () => engine.Provider.OpenRestoreTargetAsync(new RestoreRequest(source, RestoreMode.New), archive.Manifest, Token));
        Assert.Equal(ErrorKind.Conflict, refused.Error.Kind);
        Assert.Equal(before, await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task New_appears_only_with_the_commit()
    {
        await using EngineUnderTest engine = await StartAsync();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, await engine.CreateSampleAsync());
        DatabaseAddress wanted = engine.MissingDatabase();
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(wanted, RestoreMode.New)))
        {
            await AssertEqualAsync(archive.Manifest, target);
            Assert.False(await engine.Provider.ExistsAsync(wanted, Token));
            RestoreCommit commit = await target.CommitAsync(Token);
            Assert.Null(commit.Previous);
            Assert.Equal(wanted.DatabaseName, commit.Database.DatabaseName);
        }

        Assert.Equal(archive.Manifest.Tables.Single(table => table.Name.EndsWith("child", StringComparison.Ordinal)).Fingerprint!.Rows, await engine.CountAsync(wanted, "child"));
    }

    [Fact]
    public async Task Replace_swaps_and_keeps_the_old_one()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, source);
        await engine.RunAsync(source, "INSERT INTO parent (id, name) VALUES (777, 'written after the backup')");
        long after = await engine.CountAsync(source, "parent");
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(source, RestoreMode.Replace)))
        {
            Assert.Equal(after, await engine.CountAsync(source, "parent"));
            RestoreCommit commit = await target.CommitAsync(Token);
            Assert.NotNull(commit.Previous);
            Assert.Contains(await engine.ListEverythingAsync(), name => commit.Previous.EndsWith(name, StringComparison.Ordinal));
        }

        Assert.Equal(after - 1, await engine.CountAsync(source, "parent"));
    }

    [Fact]
    public async Task Without_a_commit_everything_is_as_it_was()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, source);
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        await (await archive.RestoreAsync(engine.Provider, new RestoreRequest(source, RestoreMode.Replace))).DisposeAsync();
        await (await archive.RestoreAsync(engine.Provider, new RestoreRequest(engine.MissingDatabase(), RestoreMode.New))).DisposeAsync();
        Assert.Equal(before, await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task Selected_tables_have_rows_and_the_others_only_definitions()
    {
        await using EngineUnderTest engine = await StartAsync();
        MemoryArchive archive = await MemoryArchive.TakeAsync(engine.Provider, await engine.CreateSampleAsync());
        DatabaseAddress wanted = engine.MissingDatabase();
        await using (IRestoreTarget target = await archive.RestoreAsync(engine.Provider, new RestoreRequest(wanted, RestoreMode.New) { Tables = ["parent"] }))
            await target.CommitAsync(Token);
        Assert.NotEqual(0, await engine.CountAsync(wanted, "parent"));
        Assert.Equal(0, await engine.CountAsync(wanted, "child"));
    }

    protected static async Task AssertEqualAsync(ArchiveManifest manifest, IRestoreTarget target)
    {
        RestoredContent content = await target.ReadContentAsync(All, Token);
        Assert.Empty(content.IntegrityProblems);
        Assert.Equal(manifest.SchemaFingerprint, content.Schema.Fingerprint());
        Assert.Equal(manifest.State.OrderBy(pair => pair.Key, StringComparer.Ordinal), content.State.OrderBy(pair => pair.Key, StringComparer.Ordinal));
        Assert.All(manifest.Tables, table => Assert.Equal(table.Fingerprint, content.Fingerprints[table.Name]));
    }
}
