using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.Spec;

/// <summary>What every <see cref="IBackupSource"/> must do.</summary>
public abstract class BackupSourceSpec
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<EngineUnderTest> StartAsync();

    [Fact]
    public async Task Describes_every_table_and_counts_its_rows()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        ArchiveManifest manifest = (await MemoryArchive.TakeAsync(engine.Provider, address)).Manifest;
        Assert.True(manifest.Coverage.Complete);
        ManifestTable child = Assert.Single(manifest.Tables, table => table.Name.EndsWith("child", StringComparison.Ordinal));
        Assert.Equal(await engine.CountAsync(address, "child"), child.Fingerprint!.Rows);
        Assert.NotEmpty(child.KeyColumns);
        Assert.All(manifest.Tables, table => Assert.Contains(manifest.SchemaObjects, item => item.Identity == table.Name));
    }

    [Fact]
    public async Task The_same_data_has_the_same_fingerprints_and_other_data_others()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        ArchiveManifest first = (await MemoryArchive.TakeAsync(engine.Provider, address)).Manifest;
        ArchiveManifest again = (await MemoryArchive.TakeAsync(engine.Provider, address)).Manifest;
        Assert.Equal(first.Tables.Select(table => table.Fingerprint), again.Tables.Select(table => table.Fingerprint));
        await engine.RunAsync(address, "UPDATE parent SET name = 'another' WHERE id = 1");
        ArchiveManifest changed = (await MemoryArchive.TakeAsync(engine.Provider, address)).Manifest;
        Assert.NotEqual(Of(first, "parent").Fingerprint, Of(changed, "parent").Fingerprint);
        Assert.Equal(Of(first, "child").Fingerprint, Of(changed, "child").Fingerprint);
    }

    [Fact]
    public async Task Excluded_tables_have_no_rows_and_are_said_to_be_missing()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        var request = new BackupRequest { Scope = new BackupScope { ExcludeTables = ["child"] } };
        ArchiveManifest manifest = (await MemoryArchive.TakeAsync(engine.Provider, address, request)).Manifest;
        Assert.Null(Of(manifest, "child").Fingerprint);
        Assert.NotNull(Of(manifest, "child").RowsOmitted);
        Assert.NotNull(Of(manifest, "parent").Fingerprint);
        Assert.NotEqual(0, await engine.CountAsync(address, "child"));
    }

    [Fact]
    public async Task Foresees_the_tables_that_a_backup_takes_and_leaves_nothing_behind()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        foreach (BackupScope scope in new[] { BackupScope.Everything, new BackupScope { SchemaOnly = true }, new BackupScope { ExcludeTables = ["child"] } })
        {
            var request = new BackupRequest { Scope = scope };
            BackupOutlook outlook;
            await using (IBackupSource source = await engine.Provider.OpenBackupSourceAsync(address, request, Token))
            {
                outlook = await source.ForeseeAsync(Token);
            }

            Assert.Equal(before, await engine.ListEverythingAsync());
            ArchiveManifest manifest = (await MemoryArchive.TakeAsync(engine.Provider, address, request)).Manifest;
            Assert.Equal(manifest.Tables.Select(table => (table.Name, table.RowsOmitted)), outlook.Tables.Select(table => (table.Name, table.RowsOmitted)));
            Assert.Equal(manifest.Coverage.Complete, outlook.Coverage.Complete);
            Assert.True(scope != BackupScope.Everything || outlook.EstimatedBytes > 1000);
        }

        await using IBackupSource misspelt = await engine.Provider.OpenBackupSourceAsync(address, new BackupRequest { Scope = new BackupScope { ExcludeTables = ["chidl"] } }, Token);
        Assert.EndsWith(".NothingMatches", (await Assert.ThrowsAsync<Errors.SafeDbException>(() => misspelt.ForeseeAsync(Token))).Id, StringComparison.Ordinal);
        Assert.Equal(before, await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task Disposing_at_any_stage_leaves_nothing_behind()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        for (int stage = 0; stage < 2; stage++)
        {
            await using IBackupSource source = await engine.Provider.OpenBackupSourceAsync(address, new BackupRequest(), Token);
            if (stage > 0) _ = await source.DescribeAsync(Token);
        }

        Assert.Equal(before, await engine.ListEverythingAsync());
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await using (IBackupSource source = await engine.Provider.OpenBackupSourceAsync(address, new BackupRequest(), Token))
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => source.DescribeAsync(cancelled.Token));
        Assert.Equal(before, await engine.ListEverythingAsync());
    }

    private static ManifestTable Of(ArchiveManifest manifest, string name) => manifest.Tables.Single(table => table.Name.EndsWith(name, StringComparison.Ordinal));
}
