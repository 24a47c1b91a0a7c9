using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Stores;

using Xunit;

namespace SafeDb.Core.Tests.Retention;

public sealed class TierTests
{
    [Theory]
    [InlineData(0, null)]
    [InlineData(6.9, null)]
    [InlineData(7, "Cool")]
    [InlineData(29, "Cool")]
    [InlineData(30, "Cold")]
    [InlineData(4000, "Cold")]
    public void Age_decides_the_tier(double days, string? tier) =>
        Assert.Equal(tier, new TierSettings { Cool = TimeSpan.FromDays(7), Cold = TimeSpan.FromDays(30) }.For(TimeSpan.FromDays(days)));

    [Fact]
    public void Settings_without_ages_and_protection_without_wishes_ask_for_nothing()
    {
        Assert.Null(new TierSettings().For(TimeSpan.FromDays(9999)));
        Assert.Null(new ProtectionSettings { Locked = true }.At(DateTimeOffset.UnixEpoch));
        Assert.Equal(new ArchiveProtection(DateTimeOffset.UnixEpoch.AddDays(30), Locked: true, LegalHold: false), new ProtectionSettings { ImmutableFor = TimeSpan.FromDays(30), Locked = true }.At(DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task A_folder_that_cannot_protect_or_move_refuses()
    {
        string folder = Directory.CreateTempSubdirectory("safedb-tier-").FullName;
        try
        {
            IArchiveStore store = new FolderStore(folder);
            await using IArchiveUpload upload = await store.CreateAsync("shop-1.safedb", TestContext.Current.CancellationToken);
            Assert.Equal("Store.ProtectionUnsupported", Assert.Throws<SafeDbException>(() => upload.Protect(new ArchiveProtection(null, false, LegalHold: true))).Id);
            Assert.Equal("Store.TierUnsupported", (await Assert.ThrowsAsync<SafeDbException>(() => store.SetTierAsync("shop-1.safedb", "Cool", TestContext.Current.CancellationToken))).Id);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_configuration_says_how_a_destination_protects()
    {
        SafeDbConfiguration configuration = ConfigurationLoader.Parse(
            """{ "destinations": { "azure": { "address": "https://a.blob.core.windows.net/c", "protection": { "immutableFor": "30d", "legalHold": true }, "tierAfter": { "cool": "7d" } } } }""", "/x/safedb.json");
        DestinationSettings azure = configuration.Destinations["azure"];
        Assert.Equal((TimeSpan.FromDays(30), true, TimeSpan.FromDays(7)), (azure.Protection!.ImmutableFor, azure.Protection.LegalHold, azure.TierAfter!.Cool));
    }
}
