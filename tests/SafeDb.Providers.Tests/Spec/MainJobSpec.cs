using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Restore;
using SafeDb.Retention;
using SafeDb.Stores;
using SafeDb.Verification;

using Xunit;

namespace SafeDb.Providers.Tests.Spec;

/// <summary>Backup, proof, restore, copy and pruning as users run them, on a real database and a real folder. One subclass per engine.</summary>
public abstract class MainJobSpec : IDisposable
{
    // Raw keys: a passphrase's derivation is slow on purpose and has its own tests.
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] OtherKey = [.. Enumerable.Repeat((byte)7, 32)];

    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-job-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<EngineUnderTest> StartAsync();

    [Fact]
    public async Task A_backup_is_proved_by_a_drill_and_leaves_evidence_that_the_listing_trusts()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        IReadOnlyList<string> before = await engine.ListEverythingAsync();

        BackupInfo backup = await BackupAsync(engine, source);
        BackupVerification proof = await VerifyAsync(engine, backup.Backup, VerificationLevel.Restore, source);

        Assert.True(proof.Passed, Explain(proof));
        Assert.Equal(450, proof.RowsCompared);
        Assert.Equal(backup.Rows, proof.RowsCompared);
        Assert.NotNull(proof.Evidence);
        Assert.Equal(before, await engine.ListEverythingAsync());
        BackupInfo listed = Assert.Single(await ListAsync(engine, authenticate: true));
        Assert.True(listed.Verified);
        Assert.Equal(450, listed.Rows);
        Assert.Equal("Restore: Passed", listed.Verification);
        BackupInfo glance = Assert.Single(await ListAsync(engine, authenticate: false));
        Assert.False(glance.Verified);
        Assert.Equal(backup.ArchiveId, glance.ArchiveId);
    }

    [Fact]
    public async Task Checksum_needs_no_key_and_schema_needs_no_rows()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        BackupInfo backup = await BackupAsync(engine, source);

        BackupVerification checksum = await new VerificationService(Engine(engine)).VerifyAsync(new VerificationCommand(backup.Backup, VerificationLevel.Checksum), null, SilentObserver.Instance, Token);
        BackupVerification schema = await VerifyAsync(engine, backup.Backup, VerificationLevel.Schema, source);

        Assert.True(checksum.Passed);
        Assert.True(schema.Passed, Explain(schema));
        Assert.True(schema.ObjectsCompared > 0);
        Assert.Equal(0, schema.RowsCompared);
    }

    [Fact]
    public async Task Selected_tables_are_restored_and_compared_alone()
    {
        await using EngineUnderTest engine = await StartAsync();
        BackupInfo backup = await BackupAsync(engine, await engine.CreateSampleAsync());
        foreach ((string table, string other) in ((string, string)[])[("parent", "child"), ("child", "parent")])
        {
            DatabaseAddress target = engine.MissingDatabase();
            if (table == "child" && engine.Provider.Engine != DatabaseEngine.Sqlite) continue; // where constraints are checked, its parents must come along

            RestoreResult result = await RestoreAsync(engine, backup.Backup, target, overwrite: false, table);

            Assert.True(result.Verified);
            Assert.Equal(1, result.Tables);
            Assert.NotEqual(0, await engine.CountAsync(target, table));
            Assert.Equal(0, await engine.CountAsync(target, other));
        }
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_leaves_nothing()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        BackupInfo backup = await BackupAsync(engine, source);
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        using var wrong = new ArchiveKeys();
        wrong.AddKey(OtherKey);

        var command = new VerificationCommand(backup.Backup, VerificationLevel.Restore) { Database = source };
        SafeDbException withWrong = await Assert.ThrowsAsync<SafeDbException>(() => new VerificationService(Engine(engine)).VerifyAsync(command, wrong, SilentObserver.Instance, Token));
        SafeDbException withNone = await Assert.ThrowsAsync<SafeDbException>(() => new VerificationService(Engine(engine)).VerifyAsync(command, null, SilentObserver.Instance, Token));

        Assert.Equal(ErrorKind.Unauthorized, withWrong.Error.Kind);
        Assert.Equal(ErrorKind.Unauthorized, withNone.Error.Kind);
        Assert.Equal(before, await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task Any_changed_byte_fails_the_test_with_an_id_and_stops_the_restore()
    {
        await using EngineUnderTest engine = await StartAsync();
        BackupInfo backup = await BackupAsync(engine, await engine.CreateSampleAsync());
        byte[] whole = await File.ReadAllBytesAsync(backup.Backup, Token);
        var random = new Random(20260131);
        int places = LongTests.Enabled ? 200 : 25;
        for (int i = 0; i < places; i++)
        {
            byte[] broken = [.. whole];
            int at = random.Next(broken.Length);
            broken[at] ^= (byte)(1 << random.Next(8));
            string path = Path.Combine(_folder, $"broken-{i}.safedb");
            await File.WriteAllBytesAsync(path, broken, Token);

            BackupVerification? test = null;
            string? id = null;
            try
            {
                test = await VerifyAsync(engine, path, VerificationLevel.Restore, engine.ScratchPlace);
                id = test.Error?.Id;
            }
            catch (SafeDbException problem)
            {
                id = problem.Id;
            }

            Assert.False(test?.Passed ?? false, $"byte {at}");
            Assert.False(string.IsNullOrEmpty(id), $"byte {at}");
            DatabaseAddress target = engine.MissingDatabase();
            await Assert.ThrowsAsync<SafeDbException>(() => RestoreAsync(engine, path, target, overwrite: false));
            Assert.False(await engine.Provider.ExistsAsync(target, Token));
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_restore_over_a_live_database_takes_a_safety_backup_and_keeps_the_old_one()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress live = await engine.CreateSampleAsync();
        BackupInfo backup = await BackupAsync(engine, live);
        await engine.RunAsync(live, "DELETE FROM child WHERE id <= 100");

        RestoreResult result = await RestoreAsync(engine, backup.Backup, live, overwrite: true);

        Assert.Equal(400, await engine.CountAsync(live, "child"));
        Assert.True(result.Verified);
        Assert.NotNull(result.Previous);
        BackupVerification safety = await VerifyAsync(engine, result.SafetyBackup!, VerificationLevel.Restore, live);
        Assert.True(safety.Passed, Explain(safety));
        Assert.Equal(350, safety.RowsCompared);
    }

    [Fact]
    public async Task A_restore_into_a_new_place_equals_the_source()
    {
        await using EngineUnderTest engine = await StartAsync();
        BackupInfo backup = await BackupAsync(engine, await engine.CreateSampleAsync());
        DatabaseAddress target = engine.MissingDatabase();

        RestoreResult result = await RestoreAsync(engine, backup.Backup, target, overwrite: false);

        Assert.Equal(450, result.Rows);
        Assert.Null(result.Previous);
        Assert.Null(result.SafetyBackup);
        Assert.Equal(400, await engine.CountAsync(target, "child"));
        SafeDbException again = await Assert.ThrowsAsync<SafeDbException>(() => RestoreAsync(engine, backup.Backup, target, overwrite: false));
        Assert.Equal(ErrorKind.Conflict, again.Error.Kind);
    }

    [Fact]
    public async Task The_drill_hands_over_a_proved_copy_and_removes_it_even_when_the_rehearsal_fails()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        BackupInfo backup = await BackupAsync(engine, source);
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        using ArchiveKeys keys = Keys();
        var command = new VerificationCommand(backup.Backup, VerificationLevel.Restore) { Database = source };

        await Assert.ThrowsAsync<InvalidOperationException>(() => new VerificationService(Engine(engine)).DrillAsync(command, keys, async (copy, _) =>
        {
            Assert.Equal(400, await engine.CountAsync(copy.Address, "child"));
            await engine.RunAsync(copy.Address, "DELETE FROM child");
            throw new InvalidOperationException("the rehearsal failed");
        }, SilentObserver.Instance, Token));

        Assert.Equal(before, await engine.ListEverythingAsync());
        Assert.Equal(400, await engine.CountAsync(source, "child"));
    }

    [Fact]
    public async Task A_copy_is_checked_keeps_its_evidence_and_can_get_other_recipients()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        BackupInfo backup = await BackupAsync(engine, source);
        await VerifyAsync(engine, backup.Backup, VerificationLevel.Restore, source);
        string second = Directory.CreateDirectory(Path.Combine(_folder, "second")).FullName;
        string third = Directory.CreateDirectory(Path.Combine(_folder, "third")).FullName;
        using ArchiveKeys keys = Keys();
        using var others = new ArchiveSecrets();
        others.AddKey(OtherKey);
        var copies = new CopyService(Engine(engine));

        BackupInfo plain = await copies.ExecuteAsync(copies.Plan(backup.Backup, second, rewrap: false), new ResolvedDestination(second, null), keys, null, SilentObserver.Instance, Token);
        await copies.ExecuteAsync(copies.Plan(backup.Backup, third, rewrap: true), new ResolvedDestination(third, null), keys, others, SilentObserver.Instance, Token);

        Assert.True(plain.Verified);
        Assert.Equal(await File.ReadAllBytesAsync(backup.Backup, Token), await File.ReadAllBytesAsync(plain.Backup, Token));
        Assert.Equal("copied and checked", plain.Reason);

        // The same again is there already; another file of that name, also one of the same length, is refused and stays.
        BackupInfo again = await copies.ExecuteAsync(copies.Plan(backup.Backup, second, rewrap: false), new ResolvedDestination(second, null), keys, null, SilentObserver.Instance, Token);
        Assert.Equal("was there already, identical", again.Reason);
        Assert.True(again.Verified);
        byte[] other = await File.ReadAllBytesAsync(plain.Backup, Token);
        other[^1] ^= 1;
        await File.WriteAllBytesAsync(plain.Backup, other, Token);
        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(
            () => copies.ExecuteAsync(copies.Plan(backup.Backup, second, rewrap: false), new ResolvedDestination(second, null), keys, null, SilentObserver.Instance, Token));
        Assert.Equal(StoreErrors.OtherFile.Id, refused.Error.Id);
        Assert.Equal(other, await File.ReadAllBytesAsync(plain.Backup, Token));
        using var auditors = new ArchiveKeys();
        auditors.AddKey(OtherKey);
        var command = new VerificationCommand(Path.Combine(third, backup.Name), VerificationLevel.Restore) { Database = source };
        Assert.True((await new VerificationService(Engine(engine)).VerifyAsync(command, auditors, SilentObserver.Instance, Token)).Passed);
        await Assert.ThrowsAsync<SafeDbException>(() => new VerificationService(Engine(engine)).VerifyAsync(command, keys, SilentObserver.Instance, Token));
    }

    [Fact]
    public async Task Pruning_keeps_the_verified_one_and_what_it_cannot_open()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        BackupInfo first = await BackupAsync(engine, source);
        await VerifyAsync(engine, first.Backup, VerificationLevel.Restore, source);
        BackupInfo second = await BackupAsync(engine, source);
        BackupInfo third = await BackupAsync(engine, source);
        await File.WriteAllTextAsync(Path.Combine(_folder, "notes.txt"), "not an archive", Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "foreign.safedb"), "not an archive either", Token);
        using ArchiveKeys keys = Keys();
        var prune = new PruneService(Engine(engine));

        PrunePlan plan = await prune.PlanAsync(new CatalogueQuery(_folder), keys, new RetentionSettings { Within = TimeSpan.Zero, Last = 1, Minimum = 0 }, Token);
        IReadOnlyList<PruneDecision> removed = await prune.ExecuteAsync(plan, _folder, SilentObserver.Instance, Token);

        Assert.Equal([second.Name], removed.Where(decision => !decision.Keep).Select(decision => decision.Backup.Name));
        Assert.Equal(new[] { "foreign.safedb", first.Name, third.Name }.Order(), plan.Backups.Where(decision => decision.Keep).Select(decision => decision.Backup.Name).Order());
        Assert.All(plan.Backups, decision => Assert.False(string.IsNullOrEmpty(decision.Backup.Reason)));
        Assert.True(File.Exists(Path.Combine(_folder, "notes.txt")));
        Assert.True(File.Exists(first.Backup));
        Assert.False(File.Exists(second.Backup));
    }

    [Fact]
    public async Task A_backup_that_fails_on_the_way_leaves_no_archive()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress source = await engine.CreateSampleAsync();
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        using var stopped = new CancellationTokenSource();
        using ArchiveSecrets secrets = Secrets();
        var service = new BackupService(Engine(engine));
        var command = new BackupCommand(new ResolvedDatabase(source, null, Policy.Production), _folder);
        BackupPlan plan = service.Plan(command, secrets);
        var observer = new StoppingObserver(stopped);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => service.ExecuteAsync(plan, command, secrets, observer, stopped.Token));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        Assert.Equal(before, await engine.ListEverythingAsync());
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static ArchiveKeys Keys()
    {
        var keys = new ArchiveKeys();
        keys.AddKey(Key);
        return keys;
    }

    private static ArchiveSecrets Secrets()
    {
        var secrets = new ArchiveSecrets();
        secrets.AddKey(Key);
        return secrets;
    }

    private static SafeDbEngine Engine(EngineUnderTest engine) => new(new EngineRegistry([engine.Provider]), new StoreRegistry([new FolderStoreFactory()]), TimeProvider.System);

    private static string Explain(BackupVerification proof) => string.Join('\n', new[] { proof.Error?.Message }
        .Concat(proof.SchemaDifferences.Select(difference => difference.ToString())).Concat(proof.StateDifferences).Concat(proof.IntegrityProblems)
        .Concat(proof.Tables.Where(table => !table.Equal).Select(table => table.ToString())));

    private async Task<BackupInfo> BackupAsync(EngineUnderTest engine, DatabaseAddress source)
    {
        using ArchiveSecrets secrets = Secrets();
        var service = new BackupService(Engine(engine));
        var command = new BackupCommand(new ResolvedDatabase(source, null, Policy.Production), _folder);
        return await service.ExecuteAsync(service.Plan(command, secrets), command, secrets, SilentObserver.Instance, Token);
    }

    private static async Task<BackupVerification> VerifyAsync(EngineUnderTest engine, string backup, VerificationLevel level, DatabaseAddress scratch)
    {
        using ArchiveKeys keys = Keys();
        return await new VerificationService(Engine(engine)).VerifyAsync(new VerificationCommand(backup, level) { Database = scratch }, keys, SilentObserver.Instance, Token);
    }

    private static async Task<RestoreResult> RestoreAsync(EngineUnderTest engine, string backup, DatabaseAddress target, bool overwrite, params string[] tables)
    {
        using ArchiveKeys keys = Keys();
        using ArchiveSecrets secrets = Secrets();
        var service = new RestoreService(Engine(engine));
        var command = new RestoreCommand(backup, new ResolvedDatabase(target, null, Policy.Production)) { Overwrite = overwrite, Tables = tables };
        RestorePlan plan = await service.PlanAsync(command, keys, Token);
        return await service.ExecuteAsync(plan, command, keys, secrets, SilentObserver.Instance, Token);
    }

    private async Task<List<BackupInfo>> ListAsync(EngineUnderTest engine, bool authenticate)
    {
        using ArchiveKeys keys = Keys();
        var list = new List<BackupInfo>();
        await foreach (BackupInfo backup in new BackupCatalogue(Engine(engine)).ListAsync(new CatalogueQuery(_folder) { Authenticate = authenticate }, keys, Token))
        {
            list.Add(backup);
        }

        return list;
    }

    private sealed class StoppingObserver(CancellationTokenSource stop) : IOperationObserver
    {
        public void OnProgress(ProgressReport progress) => stop.Cancel();

        public void OnMessage(MessageLevel level, string message)
        {
        }
    }
}
