using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.AzureStorage;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Providers.Tests.Sqlite;
using SafeDb.Retention;
using SafeDb.Stores;

using Xunit;

namespace SafeDb.Providers.Tests.Azure;

/// <summary>
/// Immutability policies, legal holds and tiers. The emulator moves tiers; it knows neither policies nor holds, so what the service documents for these (headers, error codes)
/// is added to its answers by a handler on the way, and what is sent is looked at there.
/// </summary>
public sealed class BlobProtectionTests(Azurite azurite)
{
    private static readonly DateTimeOffset Until = new(2031, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, "unlocked")]
    [InlineData(true, "locked")]
    public async Task The_commit_itself_sets_policy_and_hold(bool locked, string mode)
    {
        string container = await NewContainerAsync();
        using var service = new Worm();
        await PutAsync(Store(container, service), "shop-1.safedb", new ArchiveProtection(Until, locked, LegalHold: true));

        IReadOnlyDictionary<string, string> sent = Assert.Single(service.Commits);
        Assert.Equal(Until.ToString("R", CultureInfo.InvariantCulture), sent["x-ms-immutability-policy-until-date"]);
        Assert.Equal(mode, sent["x-ms-immutability-policy-mode"], ignoreCase: true);
        Assert.Equal("true", sent["x-ms-legal-hold"], ignoreCase: true);

        StoredFile file = Assert.Single(await ListAsync(Store(container, service)));
        Assert.True(file.Held);
        Assert.Equal("legal hold, immutable until 2031-05-06 07:08:09Z", file.HeldBy);
    }

    [Fact]
    public async Task An_account_that_passes_the_wish_over_is_not_believed()
    {
        string container = await NewContainerAsync();
        SafeDbException problem = await Assert.ThrowsAsync<SafeDbException>(() => PutAsync(Store(container, handler: null), "shop-1.safedb", new ArchiveProtection(Until, Locked: false, LegalHold: false)));
        Assert.Equal("Blob.NotProtected", problem.Id);

        // The archive is whole all the same, and nothing shows it as protected.
        Assert.False(Assert.Single(await ListAsync(Store(container, handler: null))).Held);
        await PutAsync(Store(container, handler: null), "shop-2.safedb", protection: null);
    }

    [Theory]
    [InlineData("BlobImmutableDueToPolicy", "Blob.Held")]
    [InlineData("BlobImmutableDueToLegalHold", "Blob.Held")]
    [InlineData("LeaseIdMissing", "Blob.Leased")]
    public async Task A_removal_that_the_service_refuses_says_why(string code, string id)
    {
        string container = await NewContainerAsync();
        using var service = new Worm { RefuseDelete = code };
        await PutAsync(Store(container, service), "shop-1.safedb", protection: null);
        Assert.Equal(id, (await Assert.ThrowsAsync<SafeDbException>(() => Store(container, service).DeleteAsync("shop-1.safedb", Token))).Id);
        Assert.Single(await ListAsync(Store(container, service)));
    }

    [Fact]
    public async Task An_archive_moves_to_a_cheaper_tier_and_one_in_the_archive_tier_says_what_to_do()
    {
        string container = await NewContainerAsync();
        IArchiveStore store = Store(container, handler: null);
        await PutAsync(store, "shop-1.safedb", protection: null);
        await store.SetTierAsync("shop-1.safedb", "Cool", Token);
        Assert.Equal("Cool", Assert.Single(await ListAsync(store)).Tier);

        await new BlobContainerClient(azurite.ConnectionString(), container).GetBlobClient("nightly/shop-1.safedb").SetAccessTierAsync(global::Azure.Storage.Blobs.Models.AccessTier.Archive, cancellationToken: Token);
        await using IArchiveFile file = await store.OpenAsync("shop-1.safedb", Token);
        Assert.Equal("Blob.Archived", (await Assert.ThrowsAsync<SafeDbException>(() => file.ReadAsync(0, new byte[1], Token))).Id);
        Assert.Equal("Archive", Assert.Single(await ListAsync(store)).Tier);
    }

    [Fact]
    public async Task Pruning_moves_what_stays_by_age_and_keeps_what_is_protected_with_the_reason()
    {
        string container = await NewContainerAsync();
        await using var sqlite = new SqliteEngine();
        DatabaseAddress source = await sqlite.CreateSampleAsync();
        string destination = $"{azurite.ConnectionString()}Container={container};Prefix=nightly";
        using var service = new Worm();
        var later = new LaterClock();
        SafeDbEngine engine = Engine(sqlite, later, handler: null);
        BackupInfo first = await BackupAsync(engine, source, destination);
        BackupInfo second = await BackupAsync(engine, source, destination);
        later.Days = 40;
        BackupInfo third = await BackupAsync(Engine(sqlite, later, service), source, destination, new ProtectionSettings { ImmutableFor = TimeSpan.FromDays(3000), LegalHold = true });
        Assert.NotEmpty(service.Commits);

        using var keys = new ArchiveKeys();
        keys.AddKeyText(Key);
        later.Days = 80;
        var prune = new PruneService(engine);
        var tiers = new TierSettings { Cool = TimeSpan.FromDays(30), Cold = TimeSpan.FromDays(300) };
        PrunePlan plan = await prune.PlanAsync(new CatalogueQuery(destination), keys, new RetentionSettings { Within = TimeSpan.Zero, Last = 2, Minimum = 0 }, tiers, Token);
        Assert.Equal([third.Name, second.Name, first.Name], plan.Backups.Select(decision => decision.Backup.Name));
        Assert.Equal(["Cool", "Cool", null], plan.Backups.Select(decision => decision.MoveTo));
        Assert.Equal([true, true, false], plan.Backups.Select(decision => decision.Keep));
        await prune.ExecuteAsync(plan, destination, SilentObserver.Instance, Token);
        Assert.Equal([(second.Name, "Cool"), (third.Name, "Cool")], (await ListAsync(Store(container, handler: null))).Select(file => (file.Name, file.Tier!)));
        Assert.All((await prune.PlanAsync(new CatalogueQuery(destination), keys, new RetentionSettings { Last = 2 }, tiers, Token)).Backups, decision => Assert.Null(decision.MoveTo));

        // Seen through the service that knows policies, a named archive stays, and the reason says what protects it.
        PrunePlan named = await new PruneService(Engine(sqlite, later, service)).PlanSelectedAsync(destination, new HashSet<string>(StringComparer.Ordinal) { third.Name }, keys, Token);
        Assert.Equal((true, true), (named.Backups[0].Keep, named.Backups[0].Backup.Reason!.StartsWith("under hold (legal hold, immutable until ", StringComparison.Ordinal)));
    }

    private const string Key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    private static async Task<BackupInfo> BackupAsync(SafeDbEngine engine, DatabaseAddress source, string destination, ProtectionSettings? protection = null)
    {
        using var secrets = new ArchiveSecrets();
        secrets.AddKeyText(Key);
        var command = new BackupCommand(new ResolvedDatabase(source, null, Policy.Production), destination) { Protection = protection };
        var backups = new BackupService(engine);
        return await backups.ExecuteAsync(backups.Plan(command, secrets), command, secrets, SilentObserver.Instance, Token);
    }

    private static SafeDbEngine Engine(SqliteEngine sqlite, TimeProvider clock, Worm? handler) => new(
        new Providers.EngineRegistry([sqlite.Provider]),
        new StoreRegistry([new AzureBlobStoreFactory(clock, _ => null, handler is null ? null : new HttpClientTransport(new HttpClient(handler, disposeHandler: false)))]), clock);

    private static async Task PutAsync(IArchiveStore store, string name, ArchiveProtection? protection)
    {
        await using IArchiveUpload upload = await store.CreateAsync(name, Token);
        if (protection is not null)
        {
            upload.Protect(protection);
        }

        await upload.Stream.WriteAsync(new byte[] { 1, 2, 3 }, Token);
        await upload.CommitAsync(Token);
    }

    private static async Task<List<StoredFile>> ListAsync(IArchiveStore store)
    {
        var files = new List<StoredFile>();
        await foreach (StoredFile file in store.ListAsync(Token))
        {
            files.Add(file);
        }

        return files;
    }

    private IArchiveStore Store(string container, Worm? handler) =>
        new AzureBlobStoreFactory(TimeProvider.System, _ => null, handler is null ? null : new HttpClientTransport(new HttpClient(handler, disposeHandler: false)))
            .TryOpen($"{azurite.ConnectionString()}Container={container};Prefix=nightly")!;

    private async Task<string> NewContainerAsync()
    {
        await azurite.EnsureStartedAsync();
        string name = $"w{Guid.NewGuid():N}";
        await new BlobContainerClient(azurite.ConnectionString(), name).CreateAsync(cancellationToken: Token);
        return name;
    }

    private sealed class LaterClock : TimeProvider
    {
        public int Days { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(Days);
    }

    /// <summary>Adds what the real service documents for version-level immutability to the emulator's answers.</summary>
    private sealed class Worm() : DelegatingHandler(new SocketsHttpHandler())
    {
        public ConcurrentQueue<IReadOnlyDictionary<string, string>> Commits { get; } = [];

        public string? RefuseDelete { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string query = request.RequestUri!.Query;
            if (request.Method == HttpMethod.Delete && RefuseDelete is { } code)
            {
                var refusal = new HttpResponseMessage(HttpStatusCode.Conflict) { RequestMessage = request, Content = new StringContent($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>Refused.</Message></Error>", null, "application/xml") };
                refusal.Headers.Add("x-ms-error-code", code);
                return refusal;
            }

            if (request.Method == HttpMethod.Put && query.Contains("comp=blocklist", StringComparison.Ordinal))
            {
                Commits.Enqueue(request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
            }

            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
            if (Commits.FirstOrDefault(commit => commit.ContainsKey("x-ms-immutability-policy-until-date")) is not { } kept)
            {
                return answer;
            }

            if (request.Method == HttpMethod.Head)
            {
                foreach (string header in new[] { "x-ms-immutability-policy-until-date", "x-ms-immutability-policy-mode", "x-ms-legal-hold" })
                {
                    answer.Headers.TryAddWithoutValidation(header, kept[header]);
                }
            }
            else if (query.Contains("comp=list", StringComparison.Ordinal))
            {
                string xml = await answer.Content.ReadAsStringAsync(cancellationToken);
                answer.Content = new StringContent(
                    xml.Replace(
                        "</Properties>",
                        $"<ImmutabilityPolicyUntilDate>{kept["x-ms-immutability-policy-until-date"]}</ImmutabilityPolicyUntilDate><ImmutabilityPolicyMode>{kept["x-ms-immutability-policy-mode"]}</ImmutabilityPolicyMode><LegalHold>true</LegalHold></Properties>",
                        StringComparison.Ordinal),
                    null, "application/xml");
            }

            return answer;
        }
    }
}
