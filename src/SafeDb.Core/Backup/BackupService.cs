using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Configuration;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Stores;

namespace SafeDb.Backup;

/// <summary>What a caller wants backed up.</summary>
/// <param name="Database">The database.</param>
/// <param name="Destination">Folder or blob address.</param>
public sealed record BackupCommand(ResolvedDatabase Database, string Destination)
{
    /// <summary>What to take.</summary>
    public BackupScope Scope { get; init; } = BackupScope.Everything;

    /// <summary>Units read at the same time; by default the processors, at most 8.</summary>
    public int Jobs { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Whether an incomplete backup is accepted.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>How the destination protects the archive; null for not at all.</summary>
    public ProtectionSettings? Protection { get; init; }

    /// <summary>Folder or server for scratch copies, or null.</summary>
    public string? Scratch { get; init; }
}

/// <summary>Takes backups.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class BackupService(SafeDbEngine engine)
{
    /// <summary>Says what a backup would do. Touches neither database nor destination.</summary>
    public BackupPlan Plan(BackupCommand command, ArchiveSecrets secrets)
    {
        if (command.Scope is { SchemaOnly: true, DataOnly: true })
        {
            throw BackupErrors.ScopeContradictory.Exception();
        }

        if (!secrets.IsEncrypted && command.Database.Policy.RequireEncryption && command.Database.Settings is not null)
        {
            throw BackupErrors.EncryptionRequired.Exception();
        }

        DatabaseAddress address = command.Database.Address;
        string archiveId = ArchiveWriter.NewId();
        string name = ArchiveName.For(address.DatabaseName, engine.Clock.GetUtcNow(), archiveId);
        return new BackupPlan(
            address.ConfiguredName ?? address.Display, address.Engine, engine.Stores.Open(command.Destination).Display, name, archiveId,
            command.Scope, secrets.IsEncrypted, Math.Max(1, command.Jobs), command.AllowPartial);
    }

    /// <summary>Takes the backup. The archive becomes visible only when it is whole.</summary>
    public async Task<BackupInfo> ExecuteAsync(
        BackupPlan plan, BackupCommand command, ArchiveSecrets secrets, IOperationObserver observer, CancellationToken cancellationToken)
    {
        DateTimeOffset started = engine.Clock.GetUtcNow();
        IArchiveStore store = engine.Stores.Open(command.Destination);
        string algorithm = RowAlgorithm.NewId();
        var request = new BackupRequest
        {
            Scope = plan.Scope, Jobs = plan.Jobs, AllowPartial = plan.AllowPartial, Observer = observer, FingerprintAlgorithm = algorithm,
            Scratch = command.Scratch ?? command.Database.Scratch?.GetConnectionString(),
        };
        IDatabaseProvider provider = engine.Engines.Get(plan.Engine);
        IBackupSource source = await provider.OpenBackupSourceAsync(command.Database.Address, request, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            observer.OnMessage(MessageLevel.Verbose, $"Taking the snapshot of {plan.Database} and reading its schema.");
            BackupContents contents = await source.DescribeAsync(cancellationToken).ConfigureAwait(false);
            BackupForecast.Check(plan, new BackupOutlook(contents.Tables, contents.Coverage, EstimatedBytes: null));

            IArchiveUpload upload = await store.CreateAsync(plan.Name, cancellationToken).ConfigureAwait(false);
            await using (upload.ConfigureAwait(false))
            {
                // Refused, where the store cannot, before the first row is read.
                if (command.Protection?.At(engine.Clock.GetUtcNow()) is { } protection)
                {
                    upload.Protect(protection);
                }

                var options = new ArchiveWriterOptions
                {
                    ArchiveId = plan.ArchiveId, Engine = plan.Engine, Created = contents.SnapshotTime, Secrets = secrets, RowFingerprint = algorithm, Filtered = !plan.Scope.IsEverything,
                };
                ArchiveWriter writer = await ArchiveWriter.CreateAsync(upload.Stream, options, cancellationToken).ConfigureAwait(false);
                await using (writer.ConfigureAwait(false))
                {
                    var pump = new UnitPump(source, writer, contents, plan.Jobs, observer, $"Backup {plan.Database}");
                    UnitTotals totals = await pump.RunAsync(cancellationToken).ConfigureAwait(false);
                    BackupClosing closing = await source.CompleteAsync(cancellationToken).ConfigureAwait(false);
                    ArchiveManifest manifest = ManifestAssembly.Assemble(plan, contents, totals, closing, started, engine.Clock.GetUtcNow());
                    await writer.CompleteAsync(manifest, cancellationToken).ConfigureAwait(false);
                    if (plan.Scope.ChoosesTables && !plan.Scope.SchemaOnly && manifest.Tables.All(table => table.Fingerprint is null or { Rows: 0 }))
                    {
                        observer.OnMessage(MessageLevel.Warning, $"Not one of the tables that the filters let through holds a row: {plan.Name} has definitions only.");
                    }

                    BackupInfo taken = Describe(plan, manifest, secrets.Kinds, writer.StoredBytes, engine.Clock.GetUtcNow() - started);
                    upload.Describe(ArchiveFacts.Of(taken));
                    await upload.CommitAsync(cancellationToken).ConfigureAwait(false);
                    observer.OnMessage(MessageLevel.Verbose, $"{plan.Name}: {writer.StoredBytes} bytes, {Counted.Of(manifest.Parts.Count, "part")}.");
                    return taken with { Duration = engine.Clock.GetUtcNow() - started };
                }
            }
        }
    }

    private static BackupInfo Describe(BackupPlan plan, ArchiveManifest manifest, IReadOnlyList<string> recipients, long bytes, TimeSpan duration) => ManifestFacts.Fill(
        new BackupInfo
        {
            Backup = ArchiveLocation.Join(plan.Destination, plan.Name),
            Name = plan.Name,
            Destination = plan.Destination,
            Database = plan.Database,
            Engine = plan.Engine,
            ArchiveId = plan.ArchiveId,
            Bytes = bytes,
            Encrypted = plan.Encrypted,
            Recipients = recipients,
            Duration = duration,
        },
        manifest);
}
