using System.Diagnostics;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Restore;
using SafeDb.Stores;

namespace SafeDb.Verification;

/// <summary>Verifies archives: their bytes, their schema, or everything by a restore drill.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class VerificationService(SafeDbEngine engine)
{
    /// <summary>
    /// Verifies an archive and writes the evidence beside it. A damaged archive or a difference is a result that did not pass; what keeps the verification itself from running
    /// (a missing key, no place for the scratch copy) is an exception.
    /// </summary>
    /// <param name="command">What to verify.</param>
    /// <param name="keys">The keys; null only at level <see cref="VerificationLevel.Checksum"/> or for an unencrypted archive.</param>
    /// <param name="observer">Where it reports.</param>
    /// <param name="cancellationToken">Stops it; the scratch copy is removed all the same.</param>
    public Task<BackupVerification> VerifyAsync(VerificationCommand command, ArchiveKeys? keys, IOperationObserver observer, CancellationToken cancellationToken) =>
        DrillAsync(command, keys, onCopy: null, observer, cancellationToken);

    /// <summary>Like <see cref="VerifyAsync"/>; when the copy was proved equal, hands it over before it is removed. This is where a migration is rehearsed.</summary>
    public async Task<BackupVerification> DrillAsync(
        VerificationCommand command, ArchiveKeys? keys, Func<ProvedCopy, CancellationToken, Task>? onCopy, IOperationObserver observer, CancellationToken cancellationToken)
    {
        DateTimeOffset started = engine.Clock.GetUtcNow();
        long begin = Stopwatch.GetTimestamp();
        (IArchiveStore store, string name) = engine.Stores.Locate(command.Backup);
        IArchiveFile file = await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            var draft = new BackupVerification { Backup = ArchiveLocation.Shown(command.Backup), Database = command.Database?.ToString(), Level = command.Level, Passed = false, StartedAt = started, Duration = TimeSpan.Zero };
            BackupVerification result;
            try
            {
                var heard = new WarningKeeper(observer);
                result = await CheckAsync(draft, file, command, keys, onCopy, begin, heard, cancellationToken).ConfigureAwait(false) with { Warnings = heard.Warnings };
            }
            catch (SafeDbException problem) when (problem.Error.Kind == ErrorKind.Corrupt)
            {
                result = draft with { Error = problem.Error };
            }

            result = result with { Duration = Stopwatch.GetElapsedTime(begin) };
            return await WriteEvidenceAsync(store, name, file, keys, result, observer, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BackupVerification> CheckAsync(
        BackupVerification draft, IArchiveFile file, VerificationCommand command, ArchiveKeys? keys,
        Func<ProvedCopy, CancellationToken, Task>? onCopy, long begin, IOperationObserver observer, CancellationToken cancellationToken)
    {
        // Always first, and without the key: a damaged archive must be told from a wrong key, and no scratch database is made for one that cannot be whole.
        using (ArchiveReader reader = await ArchiveReader.OpenAsync(file, keys, cancellationToken).ConfigureAwait(false))
        {
            await reader.VerifyChecksumsAsync(observer, cancellationToken).ConfigureAwait(false);
            if (command.Level == VerificationLevel.Checksum)
            {
                return draft with { Passed = true, BytesCompared = file.Length };
            }

            ArchiveManifest manifest = await reader.ReadManifestAsync(cancellationToken).ConfigureAwait(false);
            RestoreRequest request = ScratchRequest(command, manifest, observer);
            IRestoreTarget target = await engine.Engines.Get(manifest.Source.Engine).OpenRestoreTargetAsync(request, manifest, cancellationToken).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                RestorePassResult pass = await BuildAsync(draft, new RestorePass(reader, target, request, tables: null), manifest, cancellationToken).ConfigureAwait(false);
                BackupVerification result = Fill(draft, manifest, pass) with { Duration = Stopwatch.GetElapsedTime(begin) };
                if (result is { Passed: true, LeftOut.Count: > 0 })
                {
                    observer.OnMessage(MessageLevel.Warning, $"What is there is proved, but this is no drill of the whole archive: {Counted.Of(result.LeftOut.Count, "object")} could not be made here. {VerificationErrors.LeftOut.RecommendedAction}");
                }

                if (result.Passed && onCopy is not null)
                {
                    await onCopy(new ProvedCopy(target.Copy, manifest, result), cancellationToken).ConfigureAwait(false);
                }

                return result;
            }
        }
    }

    // A drill that cannot build its copy has changed nothing of the user's: there was nothing to take back.
    private static async Task<RestorePassResult> BuildAsync(BackupVerification draft, RestorePass pass, ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            return await pass.RunAsync($"Drill of {manifest.Source.Database}", cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException failed) when (failed.Error.Kind == ErrorKind.RolledBack)
        {
            throw new SafeDbException(
                VerificationErrors.CopyFailed.Error(draft.Backup, failed.Message) with { EngineCode = failed.Error.EngineCode, Target = failed.Error.Target, Location = failed.Error.Location }, failed);
        }
    }

    private RestoreRequest ScratchRequest(VerificationCommand command, ArchiveManifest manifest, IOperationObserver observer) =>
        new(new ScratchPlace(engine).Of(command, manifest), RestoreMode.Scratch)
        {
            SchemaOnly = command.Level == VerificationLevel.Schema, Jobs = command.Jobs, Observer = observer, NoOwner = command.NoOwner, NoPrivileges = command.NoPrivileges,
        };

    private static BackupVerification Fill(BackupVerification draft, ArchiveManifest manifest, RestorePassResult pass) => draft with
    {
        Passed = pass.Comparison.Equal,
        Database = draft.Database ?? manifest.Source.Address,
        SnapshotTime = manifest.SnapshotTime,
        RecoveryTime = pass.RecoveryTime,
        TablesCompared = pass.Comparison.UserTables.Count(),
        RowsCompared = pass.Comparison.UserTables.Sum(table => table.ExpectedRows),
        LargeObjectsCompared = pass.Comparison.HasLargeObjects ? LargeObjects.Count(manifest) : null,
        BytesCompared = pass.Comparison.Tables.Sum(table => table.Bytes),
        ObjectsCompared = pass.Comparison.Objects,
        Tables = pass.Comparison.Tables,
        RowDifferences = pass.Rows,
        SchemaDifferences = pass.Comparison.Schema,
        StateDifferences = pass.Comparison.State,
        IntegrityProblems = pass.Comparison.Integrity,
        LeftOut = pass.Comparison.LeftOut,
        NotCompared = pass.Comparison.NotCompared,
        Coverage = ArchiveExtent.Of(manifest),
        Filters = ArchiveExtent.Filters(manifest.Scope),
        NotCovered = ArchiveExtent.NotCovered(manifest),
    };

    // Evidence is worth having, but a store that cannot be written must not turn a passed drill into a failed one: it is said instead.
    private async Task<BackupVerification> WriteEvidenceAsync(
        IArchiveStore store, string name, IArchiveFile file, ArchiveKeys? keys, BackupVerification result, IOperationObserver observer, CancellationToken cancellationToken)
    {
        try
        {
            string? sidecar = await VerificationEvidence.AppendAsync(store, name, file, keys, result, engine.Clock.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            return sidecar is null
                ? result with { NoEvidence = "no key was given, and evidence is sealed with the archive's key" }
                : result with { Evidence = ArchiveLocation.Join(store.Display, sidecar) };
        }
        catch (SafeDbException problem) when (problem.Id == result.Error?.Id)
        {
            // What is wrong with the archive is the result already.
            return result with { NoEvidence = "the archive cannot be opened" };
        }
        catch (SafeDbException problem)
        {
            observer.OnMessage(MessageLevel.Warning, $"The evidence of this verification could not be written beside the archive: {problem.Message} {problem.Error.RecommendedAction}");
            return result with { NoEvidence = $"{problem.Id}: {problem.Message}" };
        }
    }
}
