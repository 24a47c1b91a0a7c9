using SafeDb.Addresses;
using SafeDb.Errors;

using Xunit;

namespace SafeDb.Providers.Tests.Spec;

/// <summary>What every <see cref="IDatabaseProvider"/> must do.</summary>
public abstract class ProviderSpec
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<EngineUnderTest> StartAsync();

    [Fact]
    public async Task Reads_its_own_address_and_leaves_others_alone()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateDatabaseAsync();
        DatabaseAddress? read = engine.Provider.TryParse(engine.TextOf(address));
        Assert.NotNull(read);
        Assert.Equal(engine.Provider.Engine, read.Engine);
        Assert.Equal(address.DatabaseName, read.DatabaseName);
        Assert.Null(engine.Provider.TryParse("mongodb://host/db"));
        Assert.Null(engine.Provider.TryParse("just-a-name"));
        Assert.Null(engine.Provider.TryParse(string.Empty));
    }

    [Fact]
    public async Task Knows_what_exists_and_never_creates_by_opening()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateDatabaseAsync();
        DatabaseAddress missing = engine.MissingDatabase();
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        Assert.True(await engine.Provider.ExistsAsync(address, Token));
        Assert.False(await engine.Provider.ExistsAsync(missing, Token));
        SafeDbException session = await Assert.ThrowsAsync<SafeDbException>(() => engine.Provider.OpenSessionAsync(missing, Token));
        SafeDbException source = await Assert.ThrowsAsync<SafeDbException>(() => engine.Provider.OpenBackupSourceAsync(missing, new BackupRequest(), Token));
        Assert.Equal(ErrorKind.NotFound, session.Error.Kind);
        Assert.Equal(ErrorKind.NotFound, source.Error.Kind);
        Assert.NotEmpty(session.Error.RecommendedAction);
        Assert.Equal(before, await engine.ListEverythingAsync());
    }
}
