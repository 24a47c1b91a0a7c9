using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Run;
using SafeDb.Observation;
using SafeDb.Restore;
using SafeDb.Verification;

namespace SafeDb.Backup;

/// <summary>What a safety net works with.</summary>
/// <param name="Database">The database.</param>
/// <param name="Destination">Where its backup goes.</param>
/// <param name="Secrets">Who can open the backup. The caller keeps owning it.</param>
/// <param name="Keys">What opens it again for the drill; null for a readable one. The caller keeps owning it.</param>
public sealed record SafetyNetSettings(ResolvedDatabase Database, string Destination, ArchiveSecrets Secrets, ArchiveKeys? Keys)
{
    /// <summary>A backup that the caller has taken already; used when it is young enough.</summary>
    public string? Backup { get; init; }

    /// <summary>How the destination protects the backup; null for not at all.</summary>
    public ProtectionSettings? Protection { get; init; }

    /// <summary>Where the copy may be made; by default where its configuration says, else its own server or folder.</summary>
    public DatabaseAddress? Scratch { get; init; }

    /// <summary>Things done at the same time.</summary>
    public int Jobs { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);
}

/// <summary>The backup under a migration: taken, restored into a copy, proved equal row by row, and handed over for the rehearsal.</summary>
/// <param name="engine">What the use case needs from outside.</param>
/// <param name="settings">What it works with.</param>
/// <param name="observer">Where it reports.</param>
public sealed class BackupSafetyNet(SafeDbEngine engine, SafetyNetSettings settings, IOperationObserver observer) : ISafetyNet
{
    /// <inheritdoc/>
    public async Task<ProvenBackup> ObtainAsync(
        DatabaseAddress database, TimeSpan maxAge, Func<DatabaseAddress, CancellationToken, Task>? onCopy, CancellationToken cancellationToken)
    {
        if (settings.Backup is { } given)
        {
            ProvenBackup proved = await ProveAsync(given, onCopy: null, cancellationToken).ConfigureAwait(false);
            TimeSpan age = engine.Clock.GetUtcNow() - proved.SnapshotTime;
            if (age <= maxAge)
            {
                return onCopy is null ? proved : await ProveAsync(given, onCopy, cancellationToken).ConfigureAwait(false);
            }

            observer.OnMessage(MessageLevel.Information, $"The backup given is {Duration.Format(age)} old; the policy lets {Duration.Format(maxAge)} pass. A new one is taken.");
        }

        var backups = new BackupService(engine);
        var command = new BackupCommand(settings.Database, settings.Destination) { Jobs = settings.Jobs, Protection = settings.Protection };
        BackupInfo taken = await backups.ExecuteAsync(backups.Plan(command, settings.Secrets), command, settings.Secrets, observer, cancellationToken).ConfigureAwait(false);
        return await ProveTakenAsync(taken.Backup, onCopy, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whatever ends the run from here on leaves an archive, and says where.</summary>
    private async Task<ProvenBackup> ProveTakenAsync(string backup, Func<DatabaseAddress, CancellationToken, Task>? onCopy, CancellationToken cancellationToken)
    {
        string left = $"The backup that was taken for the run stays at {backup}.";
        try
        {
            return await ProveAsync(backup, onCopy, cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException failed)
        {
            throw new SafeDbException(failed.Error with { Message = Sentences.Join(failed.Error.Message, left), SafetyBackup = backup }, failed);
        }
        catch (OperationCanceledException stopped)
        {
            SafeDbError error = GeneralErrors.Cancelled.Error();
            throw new OperationCanceledException(stopped.Message, new SafeDbException(error with { Message = Sentences.Join(error.Message, left), SafetyBackup = backup }, stopped), stopped.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task<string> RestoreAsync(string backup, DatabaseAddress database, CancellationToken cancellationToken)
    {
        var restores = new RestoreService(engine);
        var command = new RestoreCommand(backup, settings.Database with { Address = database }) { Overwrite = true, NoSafetyBackup = true, Jobs = settings.Jobs };
        RestorePlan plan = await restores.PlanAsync(command, settings.Keys, cancellationToken).ConfigureAwait(false);
        RestoreResult result = await restores.ExecuteAsync(plan, command, settings.Keys, safetySecrets: null, observer, cancellationToken).ConfigureAwait(false);
        return result.Previous ?? result.Database;
    }

    private async Task<ProvenBackup> ProveAsync(string backup, Func<DatabaseAddress, CancellationToken, Task>? onCopy, CancellationToken cancellationToken)
    {
        var command = new VerificationCommand(backup, VerificationLevel.Restore) { Database = settings.Database.Address, Scratch = settings.Scratch ?? settings.Database.Scratch, Jobs = settings.Jobs };
        BackupVerification verification = await new VerificationService(engine)
            .DrillAsync(command, settings.Keys, onCopy is null ? null : (copy, token) => onCopy(copy.Address, token), observer, cancellationToken).ConfigureAwait(false);
        if (verification.Passed && verification.Coverage != ArchiveExtent.Complete)
        {
            // Equal to itself, but no way back: a restore of it would lose the rest of the database.
            throw RestoreErrors.PartialReplace.Exception(ArchiveExtent.Shortfall(verification.Filters));
        }

        if (verification is { Passed: true, LeftOut.Count: > 0 })
        {
            throw VerificationErrors.LeftOut.Exception(verification.Backup, string.Join("; ", verification.LeftOut.Take(5)));
        }

        return verification.Passed
            ? new ProvenBackup(backup, verification.SnapshotTime!.Value, SchemaFingerprint: null, verification.RowsCompared)
            : throw new SafeDbException(VerificationErrors.FailureOf(verification));
    }
}
