using System.Diagnostics;

using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

using SafeDb.Addresses;
using SafeDb.AzureStorage;
using SafeDb.Catalogue;
using SafeDb.Errors;
using SafeDb.Stores;

using Xunit;

namespace SafeDb.Providers.Tests.Azure;

/// <summary>Listings of what others put into a container, and of very many archives.</summary>
public sealed class BlobListingTests(Azurite azurite, ITestOutputHelper output)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Very_many_archives_cost_a_request_for_every_five_thousand_and_nothing_is_opened()
    {
        BlobContainerClient container = await NewContainerAsync();
        int archives = LongTests.Enabled ? 10_000 : 500;
        DateTimeOffset start = new(2020, 1, 1, 3, 0, 0, TimeSpan.Zero);
        await Parallel.ForAsync(0, archives, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (i, _) =>
        {
            DateTimeOffset time = start.AddHours(i);
            string id = Guid.NewGuid().ToString("N");
            IReadOnlyDictionary<string, string> facts = ArchiveFacts.Of(new BackupInfo
            {
                Backup = "x", Name = "x", Destination = "x", ArchiveId = id, Engine = DatabaseEngine.Sqlite, DatabaseName = "Bücher & Söhne", CreatedAt = time, Rows = i, Tables = 2, Coverage = "Complete", Recipients = ["passphrase"],
            });
            await container.GetBlockBlobClient($"nightly/{Backup.ArchiveName.For("Bücher & Söhne", time, id)}").CommitBlockListAsync(
                [], new CommitBlockListOptions { Metadata = new Dictionary<string, string>(facts, StringComparer.Ordinal) }, Token);
        });
        using var counting = new CountingHandler();
        using var client = new HttpClient(counting);
        using var transport = new HttpClientTransport(client);
        var engine = new SafeDbEngine(
            new Providers.EngineRegistry([]), new StoreRegistry([new AzureBlobStoreFactory(TimeProvider.System, _ => null, transport)]), TimeProvider.System);

        long begin = Stopwatch.GetTimestamp();
        var seen = new List<BackupInfo>();
        await foreach (BackupInfo backup in new BackupCatalogue(engine).ListAsync(new CatalogueQuery($"{azurite.ConnectionString()}Container={container.Name};Prefix=nightly"), null, Token))
        {
            seen.Add(backup);
        }

        output.WriteLine($"{archives} archives listed in {Stopwatch.GetElapsedTime(begin).TotalSeconds:0.0} s by {counting.Requests} requests");
        Assert.Equal(archives, seen.Count);
        Assert.All(seen, backup => Assert.Equal("Bücher & Söhne", backup.DatabaseName));
        Assert.Equal(Enumerable.Range(0, archives).Select(i => (long?)i), seen.Select(backup => backup.Rows).Order());
        Assert.True(counting.Requests <= (archives / 5_000) + 1, $"{counting.Requests} requests");
    }

    [Fact]
    public async Task Foreign_files_are_passed_over_and_a_foreign_archive_says_what_it_is()
    {
        BlobContainerClient container = await NewContainerAsync();
        foreach (string name in new[] { "nightly/notes.txt", "nightly/report.safedb.verified.json", "nightly/deep/er/shop.safedb", "other.safedb", "nightly/foreign.safedb" })
        {
            await PutAsync(container, name, "not an archive"u8.ToArray());
        }

        // Half an upload: blocks that nobody committed.
        using var half = new MemoryStream([1, 2, 3]);
        await container.GetBlockBlobClient("nightly/half.safedb").StageBlockAsync(Convert.ToBase64String("00000001"u8), half, cancellationToken: Token);

        var engine = new SafeDbEngine(new Providers.EngineRegistry([]), new StoreRegistry([new AzureBlobStoreFactory(TimeProvider.System, _ => null)]), TimeProvider.System);
        var seen = new List<BackupInfo>();
        await foreach (BackupInfo backup in new BackupCatalogue(engine).ListAsync(new CatalogueQuery($"{azurite.ConnectionString()}Container={container.Name};Prefix=nightly"), null, Token))
        {
            seen.Add(backup);
        }

        BackupInfo foreign = Assert.Single(seen);
        Assert.Equal("foreign.safedb", foreign.Name);
        Assert.StartsWith("Archive.", foreign.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_that_somebody_leased_for_ever_is_not_removed_and_the_reader_is_not_kept_out()
    {
        BlobContainerClient container = await NewContainerAsync();
        await PutAsync(container, "nightly/shop-1.safedb", [1, 2, 3]);
        BlobLeaseClient lease = container.GetBlobClient("nightly/shop-1.safedb").GetBlobLeaseClient();
        await lease.AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration, cancellationToken: Token);
        IArchiveStore store = new AzureBlobStoreFactory(TimeProvider.System, _ => null).TryOpen($"{azurite.ConnectionString()}Container={container.Name};Prefix=nightly")!;

        Assert.Equal("Blob.Leased", (await Assert.ThrowsAsync<SafeDbException>(() => store.DeleteAsync("shop-1.safedb", Token))).Id);
        await using (IArchiveFile file = await store.OpenAsync("shop-1.safedb", Token))
        {
            Assert.Equal(3, file.Length);
        }

        Assert.True((await container.GetBlobClient("nightly/shop-1.safedb").ExistsAsync(Token)).Value);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_named_instead_of_the_token()
    {
        BlobContainerClient container = await NewContainerAsync();
        string expired = new BlobContainerClient(azurite.ConnectionString(), container.Name).GenerateSasUri(global::Azure.Storage.Sas.BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(-1)).AbsoluteUri;
        IArchiveStore store = new AzureBlobStoreFactory(new WrongClock(TimeSpan.FromMinutes(40)), _ => null).TryOpen(expired)!;
        SafeDbException problem = await Assert.ThrowsAsync<SafeDbException>(() => store.CreateAsync("shop-1.safedb", Token));
        Assert.Equal("Blob.ClockSkew", problem.Id);
    }

    private static async Task PutAsync(BlobContainerClient container, string name, byte[] content)
    {
        BlockBlobClient blob = container.GetBlockBlobClient(name);
        string block = Convert.ToBase64String("00000001"u8);
        using var stream = new MemoryStream(content);
        await blob.StageBlockAsync(block, stream, cancellationToken: Token);
        await blob.CommitBlockListAsync([block], cancellationToken: Token);
    }

    private async Task<BlobContainerClient> NewContainerAsync()
    {
        await azurite.EnsureStartedAsync();
        var container = new BlobContainerClient(azurite.ConnectionString(), $"l{Guid.NewGuid():N}");
        await container.CreateAsync(cancellationToken: Token);
        return container;
    }

    private sealed class WrongClock(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        private int _requests;

        public int Requests => _requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
