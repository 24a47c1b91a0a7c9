using Azure.Storage.Blobs;
using Azure.Storage.Sas;

using SafeDb.AzureStorage;
using SafeDb.Errors;
using SafeDb.Providers.Tests.Spec;
using SafeDb.Stores;

using Xunit;

namespace SafeDb.Providers.Tests.Azure;

public sealed class AzureBlobStoreTests(Azurite azurite) : ArchiveStoreSpec
{
    private static CancellationToken None => TestContext.Current.CancellationToken;

    protected override async Task<IArchiveStore> NewStoreAsync()
    {
        string container = await NewContainerAsync();
        return Factory().TryOpen($"{azurite.ConnectionString()}Container={container};Prefix=nightly/shop")!;
    }

    [Fact]
    public async Task A_location_without_its_token_opens_with_the_token_that_its_destination_brought()
    {
        string container = await NewContainerAsync();
        AzureBlobStoreFactory factory = Factory();
        await PutAsync(factory.TryOpen(Sas(container, BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(1)))!, "shop-1.safedb", [7]);

        (string destination, string name) = factory.TrySplit($"{azurite.Endpoint()}/{container}/shop-1.safedb")!.Value;

        Assert.Equal([7], await GetAsync(factory.TryOpen(destination)!, name));
        Assert.DoesNotContain("sig=", factory.TryOpen(destination)!.Display, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_and_expired_tokens_and_missing_containers_have_their_ids_and_show_no_secret()
    {
        string container = await NewContainerAsync();
        string expired = Sas(container, BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(-1));
        string forged = Sas(container, BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(1)).Replace("sig=", "sig=AAAA", StringComparison.Ordinal);
        string readOnly = Sas(container, BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List, DateTimeOffset.UtcNow.AddHours(1));
        string missing = $"{azurite.ConnectionString()}Container=never-made";

        foreach ((string destination, string[] ids) in new[]
        {
            (expired, new[] { "Blob.TokenExpired", "Blob.Refused" }), (forged, ["Blob.Refused"]), (readOnly, ["Blob.Refused"]), (missing, ["Blob.ContainerMissing"]),
        })
        {
            SafeDbException problem = await Assert.ThrowsAsync<SafeDbException>(async () => await PutAsync(Factory().TryOpen(destination)!, "shop-1.safedb", [1]));
            Assert.Contains(problem.Id, ids);
            Assert.DoesNotContain("sig=", problem.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Azurite.Key, problem.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_archive_that_is_being_read_is_not_removed()
    {
        IArchiveStore store = await NewStoreAsync();
        await PutAsync(store, "shop-1.safedb", [1]);
        await using (await store.OpenAsync("shop-1.safedb", None))
        {
            Assert.Equal("Blob.Leased", (await Assert.ThrowsAsync<SafeDbException>(() => store.DeleteAsync("shop-1.safedb", None))).Id);
            Assert.Equal([1], await GetAsync(store, "shop-1.safedb"));
        }

        await store.DeleteAsync("shop-1.safedb", None);
        Assert.Empty(await NamesAsync(store));
    }

    [Theory]
    [InlineData("https://account.blob.core.windows.net/backups/a/b", "https://account.blob.core.windows.net/backups/a/b")]
    [InlineData("https://account.blob.core.windows.net/backups?sv=1&sig=abc", "https://account.blob.core.windows.net/backups")]
    [InlineData("https://account.privatelink.blob.core.windows.net/backups/", "https://account.privatelink.blob.core.windows.net/backups")]
    public void Destinations_are_recognised_by_their_form(string destination, string display) => Assert.Equal(display, Factory().TryOpen(destination)!.Display);

    [Theory]
    [InlineData("./backups")]
    [InlineData("C:\\backups")]
    [InlineData("https://example.org/backups")]
    [InlineData("https://account.blob.core.windows.net/")]
    [InlineData("postgresql://host/db")]
    public void Other_forms_are_left_to_others(string destination) => Assert.Null(Factory().TryOpen(destination));

    [Fact]
    public void Plain_http_to_a_real_account_is_refused() =>
        Assert.Equal("Blob.PlainHttp", Assert.Throws<SafeDbException>(() => Factory().TryOpen("http://account.blob.core.windows.net/backups")).Id);

    private static AzureBlobStoreFactory Factory() => new(TimeProvider.System, _ => null);

    private async Task<string> NewContainerAsync()
    {
        await azurite.EnsureStartedAsync();
        string name = $"t{Guid.NewGuid():N}";
        await new BlobContainerClient(azurite.ConnectionString(), name).CreateAsync(cancellationToken: None);
        return name;
    }

    private string Sas(string container, BlobContainerSasPermissions permissions, DateTimeOffset expires) =>
        new BlobContainerClient(azurite.ConnectionString(), container).GenerateSasUri(permissions, expires).AbsoluteUri;
}
