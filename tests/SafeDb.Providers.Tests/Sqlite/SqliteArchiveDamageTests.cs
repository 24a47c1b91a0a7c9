using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Restore;
using SafeDb.Stores;
using SafeDb.Verification;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite;

/// <summary>One byte of a real archive changed anywhere: the drill does not pass, and no restore goes through.</summary>
public sealed class SqliteArchiveDamageTests
{
    private const int Places = 200;
    private const int SamplePlaces = 25;
    private static readonly byte[] Key = [.. Enumerable.Repeat((byte)5, 32)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_byte_fails_the_drill_and_refuses_the_restore(bool encrypted)
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("shop.db"), "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<3000) INSERT INTO t SELECT i, hex(randomblob(20)) FROM n;");
        var core = new SafeDbEngine(new EngineRegistry([engine.Provider]), new StoreRegistry([new FolderStoreFactory()]), TimeProvider.System);
        using ArchiveSecrets secrets = encrypted ? new ArchiveSecrets() : ArchiveSecrets.Unencrypted();
        if (encrypted) secrets.AddKey(Key);
        using var keys = new ArchiveKeys();
        if (encrypted) keys.AddKey(Key);
        var backups = new BackupService(core);
        var command = new BackupCommand(new ResolvedDatabase(engine.Address("shop.db"), null, Policy.Production), engine.Folder);
        string archive = (await backups.ExecuteAsync(backups.Plan(command, secrets), command, secrets, SilentObserver.Instance, Token)).Backup;
        byte[] whole = await File.ReadAllBytesAsync(archive, Token);
        var ids = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int seed = Environment.TickCount;
        var chance = new Random(seed);
        int places = LongTests.Enabled ? Places : SamplePlaces;
        for (int i = 0; i < places; i++)
        {
            // Half of them in the last kilobytes, where header, manifest and directory are: anywhere in the file is mostly data.
            int place = i % 2 == 0 ? chance.Next(whole.Length) : whole.Length - 1 - chance.Next(Math.Min(whole.Length, 6000));
            byte[] changed = [.. whole];
            changed[place] ^= (byte)chance.Next(1, 256);
            await File.WriteAllBytesAsync(archive, changed, Token);
            string what = $"seed {seed}, byte {place} of {whole.Length}: {whole[place]} -> {changed[place]}";

            string id = await DrillIdAsync(core, archive, keys, engine, what);
            ids[id] = ids.GetValueOrDefault(id) + 1;

            DateTime before = File.GetLastWriteTimeUtc(engine.PathOf("shop.db"));
            Assert.NotEmpty(await RestoreIdAsync(core, archive, keys, engine.Address("copy.db"), overwrite: false, what));
            Assert.NotEmpty(await RestoreIdAsync(core, archive, keys, engine.Address("shop.db"), overwrite: true, what));
            Assert.False(File.Exists(engine.PathOf("copy.db")), what);
            Assert.Equal(before, File.GetLastWriteTimeUtc(engine.PathOf("shop.db")));
            File.Delete(archive + ".verified.json");
            Assert.Equal(["shop.db"], (await engine.ListEverythingAsync()).Where(name => name != Path.GetFileName(archive)));
        }

        TestContext.Current.SendDiagnosticMessage("{0} places: {1}", places, string.Join(", ", ids.Select(id => $"{id.Key} {id.Value}")));
    }

    private static async Task<string> DrillIdAsync(SafeDbEngine core, string archive, ArchiveKeys keys, SqliteEngine engine, string what)
    {
        try
        {
            BackupVerification result = await new VerificationService(core).VerifyAsync(
                new VerificationCommand(archive, VerificationLevel.Restore) { Database = engine.Address("shop.db") }, keys, SilentObserver.Instance, Token);
            Assert.False(result.Passed, what + " passed its drill");
            return VerificationErrors.FailureOf(result).Id;
        }
        catch (SafeDbException refused)
        {
            return refused.Id;
        }
    }

    private static async Task<string> RestoreIdAsync(SafeDbEngine core, string archive, ArchiveKeys keys, SafeDb.Addresses.DatabaseAddress target, bool overwrite, string what)
    {
        try
        {
            var service = new RestoreService(core);
            var command = new RestoreCommand(archive, new ResolvedDatabase(target, null, Policy.Production)) { Overwrite = overwrite, NoSafetyBackup = true };
            RestorePlan plan = await service.PlanAsync(command, keys, Token);
            await service.ExecuteAsync(plan, command, keys, null, SilentObserver.Instance, Token);
        }
        catch (SafeDbException refused)
        {
            return refused.Id;
        }

        Assert.Fail(what + " was restored");
        return string.Empty;
    }
}
