using System.Collections.Concurrent;
using System.Globalization;

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
using SafeDb.Restore;
using SafeDb.Retention;
using SafeDb.Stores;
using SafeDb.Verification;

using Xunit;

namespace SafeDb.Providers.Tests.Azure;

/// <summary>
/// The whole life of archives over a network that cuts, delays, throttles and answers 5xx: back up, list, test, restore one table, copy, prune. Every step either does what it says or fails with an
/// error of its own; whatever happened, a second look without the bad network shows whole archives only, and those that must be there.
/// </summary>
public sealed class BlobChaosTests(Azurite azurite, ITestOutputHelper output)
{
    private const string Key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private static readonly string[] AllowedFailures = ["Blob.Unavailable", "Blob.Leased"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_is_half_visible()
    {
        await azurite.EnsureStartedAsync();
        int runs = LongTests.Enabled ? 210 : 8;
        int failures = 0;
        int requests = 0;
        var harm = new ConcurrentDictionary<RequestFate, int>();
        await Parallel.ForAsync(1, runs + 1, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (seed, _) =>
        {
            await using var network = new BadNetwork(azurite.Port, BadNetwork.Randomly(seed, share: 0.25));
            await using var run = new ChaosRun(azurite, network.Port, seed);
            Interlocked.Add(ref failures, await run.LiveAsync());
            Interlocked.Add(ref requests, network.Requests);
            foreach ((RequestFate fate, int count) in network.Seen)
            {
                harm.AddOrUpdate(fate, count, (_, sum) => sum + count);
            }
        });

        output.WriteLine($"{runs} runs, {requests} requests, {failures} operations gave up; {string.Join(", ", harm.OrderBy(item => item.Key).Select(item => $"{item.Key} {item.Value}"))}");
        Assert.All(Enum.GetValues<RequestFate>(), fate => Assert.True(harm.GetValueOrDefault(fate) > 0, $"{fate} never happened"));
        Assert.True(failures <= runs / 4, $"{failures} operations of {runs} runs gave up");
    }

    [Fact]
    public async Task A_network_that_stays_down_ends_with_an_id_and_leaves_nothing()
    {
        await azurite.EnsureStartedAsync();
        int seen = 0;
        await using var network = new BadNetwork(azurite.Port, line => line.Contains("comp=block", StringComparison.Ordinal) && Interlocked.Increment(ref seen) > 1 ? RequestFate.InternalError : RequestFate.Pass);
        await using var run = new ChaosRun(azurite, network.Port, seed: 5);
        SafeDbException problem = await Assert.ThrowsAsync<SafeDbException>(() => run.BackupAsync());
        Assert.Equal("Blob.Unavailable", problem.Id);
        Assert.True(problem.Error.IsTransient);
        Assert.DoesNotContain(Azurite.Key, problem.ToString(), StringComparison.Ordinal);
        Assert.Empty(await run.TrueNamesAsync());
    }

    private sealed class ChaosRun : IAsyncDisposable
    {
        private readonly Azurite _azurite;
        private readonly SqliteEngine _sqlite = new();
        private readonly string _container = $"c{Guid.NewGuid():N}";
        private readonly SafeDbEngine _bad;
        private readonly SafeDbEngine _good;
        private readonly int _port;
        private readonly int _seed;
        private DatabaseAddress? _source;
        private int _failures;

        public ChaosRun(Azurite azurite, int port, int seed)
        {
            _azurite = azurite;
            _port = port;
            _seed = seed;
            _bad = Engine(TimeSpan.FromMilliseconds(15));
            _good = Engine(TimeSpan.FromMilliseconds(400));
        }

        public async Task<int> LiveAsync()
        {
            var taken = new List<string>();
            for (int i = 0; i < 3; i++)
            {
                if (await TryAsync(BackupAsync) is { } backup)
                {
                    taken.Add(backup.Name);
                }
            }

            // A backup that gave up may have been committed by its very last request; it is whole then, or it is not there.
            IReadOnlyList<string> names = await TrueNamesAsync();
            Assert.Empty(taken.Except(names));
            Assert.True(names.Count <= 3);
            await AllAreWholeAsync(Good("main"), names);
            if (await TryAsync(() => ListAsync(_bad, Bad("main"))) is { } listed)
            {
                Assert.Equal(names, listed.Select(backup => backup.Name).Order(StringComparer.Ordinal));
                Assert.All(listed, backup => Assert.Equal(450 + (_seed % 5 == 0 ? 10 : 0), backup.Rows));
            }

            if (taken.Count == 3)
            {
                await UseAsync(taken);
            }

            return _failures;
        }

        private async Task UseAsync(List<string> taken)
        {
            using ArchiveKeys keys = Keys();
            BackupVerification? proof = await TryAsync(() => new VerificationService(_bad).VerifyAsync(
                new VerificationCommand(At("main", taken[0]), VerificationLevel.Restore) { Scratch = _sqlite.ScratchPlace }, keys, SilentObserver.Instance, Token));
            Assert.True(proof?.Passed ?? true, proof?.Error?.Message);
            DatabaseAddress target = _sqlite.MissingDatabase();
            var restore = new RestoreService(_bad);
            var command = new RestoreCommand(At("main", taken[1]), new ResolvedDatabase(target, null, Policy.Production)) { Tables = ["parent"] };
            RestoreResult? restored = await TryAsync(async () => await restore.ExecuteAsync(await restore.PlanAsync(command, keys, Token), command, keys, null, SilentObserver.Instance, Token));
            Assert.Equal(restored is not null, await _sqlite.Provider.ExistsAsync(target, Token));
            if (restored is not null)
            {
                Assert.Equal((50L, 0L), (await _sqlite.CountAsync(target, "parent"), await _sqlite.CountAsync(target, "child")));
            }

            var copies = new CopyService(_bad);
            BackupInfo? copy = await TryAsync(() => copies.ExecuteAsync(copies.Plan(At("main", taken[0]), Bad("second"), rewrap: false), new ResolvedDestination(Bad("second"), null), keys, null, SilentObserver.Instance, Token));
            IReadOnlyList<string> second = [.. (await ListAsync(_good, Good("second"))).Select(backup => backup.Name)];
            Assert.True(second.Count <= 1);
            Assert.True(copy is null || second[0] == taken[0]);
            await AllAreWholeAsync(Good("second"), second);
            await PruneAsync(taken, keys);
        }

        private async Task PruneAsync(List<string> taken, ArchiveKeys keys)
        {
            var prune = new PruneService(_bad);
            bool verified = (await ListAsync(_good, Good("main"), keys)).Any(backup => backup.Verified);
            IReadOnlyList<PruneDecision>? done = await TryAsync(async () => await prune.ExecuteAsync(
                await prune.PlanAsync(new CatalogueQuery(Bad("main")), keys, new RetentionSettings { Within = TimeSpan.Zero, Last = 1, Minimum = 0 }, Token), Bad("main"), SilentObserver.Instance, Token));
            IReadOnlyList<string> left = await TrueNamesAsync();
            Assert.Contains(taken[2], left);
            Assert.True(!verified || left.Contains(taken[0], StringComparer.Ordinal), "the verified archive is gone");
            if (done is not null && done.All(decision => !decision.Keep))
            {
                Assert.Equal(verified ? new[] { taken[0], taken[2] } : [taken[2]], left);
            }

            await AllAreWholeAsync(Good("main"), left);
        }

        public async Task<BackupInfo> BackupAsync()
        {
            _source ??= await SourceAsync();
            using var secrets = new ArchiveSecrets();
            secrets.AddKeyText(Key);
            var service = new BackupService(_bad);
            var command = new BackupCommand(new ResolvedDatabase(_source, null, Policy.Production), Bad("main"));
            return await service.ExecuteAsync(service.Plan(command, secrets), command, secrets, SilentObserver.Instance, Token);
        }

        public async Task<IReadOnlyList<string>> TrueNamesAsync()
        {
            var names = new List<string>();
            await foreach (var blob in new BlobContainerClient(_azurite.ConnectionString(), _container).GetBlobsAsync(prefix: "main/", cancellationToken: Token))
            {
                if (!blob.Name.EndsWith(".json", StringComparison.Ordinal))
                {
                    names.Add(blob.Name["main/".Length..]);
                }
            }

            return names;
        }

        public ValueTask DisposeAsync() => _sqlite.DisposeAsync();

        private async Task<DatabaseAddress> SourceAsync()
        {
            await new BlobContainerClient(_azurite.ConnectionString(), _container).CreateAsync(cancellationToken: Token);
            DatabaseAddress source = await _sqlite.CreateSampleAsync();
            if (_seed % 5 == 0)
            {
                // Several blocks in one archive.
                await _sqlite.RunAsync(source, "CREATE TABLE big (raw BLOB)", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) INSERT INTO big SELECT randomblob(2000000) FROM n");
            }

            return source;
        }

        // Each archive by itself, with the good network and without the key: whole or a failure of the test.
        private async Task AllAreWholeAsync(string destination, IEnumerable<string> names)
        {
            foreach (string name in names)
            {
                string location = ArchiveLocation.Join(_good.Stores.Open(destination).Display, name);
                BackupVerification checksum = await new VerificationService(_good).VerifyAsync(new VerificationCommand(location, VerificationLevel.Checksum), null, SilentObserver.Instance, Token);
                Assert.True(checksum.Passed, $"{name}: {checksum.Error?.Message}");
            }
        }

        private async Task<T?> TryAsync<T>(Func<Task<T>> work)
            where T : class
        {
            try
            {
                return await work();
            }
            catch (SafeDbException problem)
            {
                Assert.Contains(problem.Id, AllowedFailures);
                _failures++;
                return null;
            }
        }

        private async Task<List<BackupInfo>> ListAsync(SafeDbEngine engine, string destination, ArchiveKeys? keys = null)
        {
            var list = new List<BackupInfo>();
            await foreach (BackupInfo backup in new BackupCatalogue(engine).ListAsync(new CatalogueQuery(destination) { Authenticate = keys is not null }, keys, Token))
            {
                list.Add(backup);
            }

            return list;
        }

        private static ArchiveKeys Keys()
        {
            var keys = new ArchiveKeys();
            keys.AddKeyText(Key);
            return keys;
        }

        private SafeDbEngine Engine(TimeSpan retryDelay) => new(
            new Providers.EngineRegistry([_sqlite.Provider]), new StoreRegistry([new AzureBlobStoreFactory(TimeProvider.System, _ => null, retryDelay: retryDelay), new FolderStoreFactory()]), TimeProvider.System);

        private string Bad(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{_azurite.ConnectionString(_port)}Container={_container};Prefix={prefix}");

        private string Good(string prefix) => $"{_azurite.ConnectionString()}Container={_container};Prefix={prefix}";

        private string At(string prefix, string name) => ArchiveLocation.Join(_bad.Stores.Open(Bad(prefix)).Display, name);
    }
}
