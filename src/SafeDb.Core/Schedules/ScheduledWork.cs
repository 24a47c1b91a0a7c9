using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Readiness;
using SafeDb.Retention;
using SafeDb.Stores;
using SafeDb.Verification;

namespace SafeDb.Schedules;

/// <summary>What a scheduled run did.</summary>
/// <param name="Task">The task.</param>
/// <param name="Database">The database.</param>
/// <param name="Succeeded">Whether it did its work.</param>
/// <param name="Message">What happened, for a person.</param>
public sealed record ScheduledRun(ScheduledTask Task, string Database, bool Succeeded, string Message)
{
    /// <summary>The archive it was about, or null.</summary>
    public string? Backup { get; init; }

    /// <summary>Rows that were compared.</summary>
    public long? Rows { get; init; }

    /// <summary>Archives that retention removed.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];
}

/// <summary>What a scheduled run needs.</summary>
/// <param name="Database">The database.</param>
/// <param name="Destination">Where its archives are.</param>
/// <param name="Evidence">Folder of evidence.</param>
/// <param name="Secrets">Makes the recipients of a new archive.</param>
/// <param name="Keys">Opens archives.</param>
public sealed record ScheduledWorkContext(ResolvedDatabase Database, ResolvedDestination Destination, string Evidence, Func<ArchiveSecrets> Secrets, ArchiveKeys? Keys);

/// <summary>
/// The work of schedules for machines without PowerShell; the runbooks in <c>scripts/runbooks</c> do the same with cmdlets. Each run ends with a heartbeat in the evidence folder, also a failed one.
/// </summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class ScheduledWork(SafeDbEngine engine)
{
    // A backup that an interrupted run took lately is proved instead of taking another.
    private static readonly TimeSpan ResumeWithin = TimeSpan.FromHours(2);

    private readonly BackupCatalogue _catalogue = new(engine);

    /// <summary>Does a task.</summary>
    public async Task<ScheduledRun> RunAsync(ScheduledTask task, ScheduledWorkContext context, Func<Task<IReadOnlyList<ReadinessItem>>> readiness, IOperationObserver observer, CancellationToken cancellationToken)
    {
        string database = context.Database.Address.ConfiguredName ?? context.Database.Address.Display;
        string name = $"{ScheduleNames.IdOf(task)} {database}";
        try
        {
            ScheduledRun run = task switch
            {
                ScheduledTask.NightlyBackup => await BackUpAsync(context, database, observer, cancellationToken).ConfigureAwait(false),
                ScheduledTask.RestoreDrill => await DrillAsync(context, database, observer, cancellationToken).ConfigureAwait(false),
                _ => await CheckAsync(context, database, readiness).ConfigureAwait(false),
            };

            // A check that ran did its work, whatever it found: its own failed items must not make the next check fail.
            ReadinessFiles.Append(context.Evidence, new Heartbeat(name, engine.Clock.GetUtcNow(), Succeeded: true) { Message = run.Message });
            return run;
        }
        catch (Exception problem)
        {
            string message = problem is SafeDbException known ? known.Id : problem.GetType().Name;
            ReadinessFiles.Append(context.Evidence, new Heartbeat(name, engine.Clock.GetUtcNow(), Succeeded: false) { Message = message });
            throw;
        }
    }

    private async Task<ScheduledRun> BackUpAsync(ScheduledWorkContext context, string database, IOperationObserver observer, CancellationToken cancellationToken)
    {
        BackupInfo backup = await UnprovedAsync(context, cancellationToken).ConfigureAwait(false) ?? await TakeAsync(context, observer, cancellationToken).ConfigureAwait(false);
        BackupVerification proof = await ProveAsync(context, backup.Backup, observer, cancellationToken).ConfigureAwait(false);
        File.Delete(Mark(context, backup));
        if (!proof.Passed)
        {
            // Nothing is pruned before the new archive is proved.
            throw new SafeDbException(VerificationErrors.FailureOf(proof));
        }

        var prune = new PruneService(engine);
        PrunePlan plan = await prune.PlanAsync(Query(context), context.Keys, context.Database.Policy.Retention, context.Destination.Settings?.TierAfter, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<PruneDecision> done = await prune.ExecuteAsync(plan, context.Destination.Address, observer, cancellationToken).ConfigureAwait(false);
        return new ScheduledRun(ScheduledTask.NightlyBackup, database, Succeeded: true, backup.Name)
        {
            Backup = backup.Backup, Rows = proof.RowsCompared, Removed = [.. done.Where(decision => !decision.Keep).Select(decision => decision.Backup.Name)],
        };
    }

    private async Task<ScheduledRun> DrillAsync(ScheduledWorkContext context, string database, IOperationObserver observer, CancellationToken cancellationToken)
    {
        BackupInfo newest = (await _catalogue.ReadAsync(Query(context), keys: null, cancellationToken).ConfigureAwait(false))
            .Where(backup => backup.Coverage != ArchiveExtent.Filtered).MaxBy(backup => backup.CreatedAt)
            ?? throw StoreErrors.NotFound.Exception($"An archive of {database}");
        BackupVerification proof = await ProveAsync(context, newest.Backup, observer, cancellationToken).ConfigureAwait(false);
        return proof.Passed
            ? new ScheduledRun(ScheduledTask.RestoreDrill, database, Succeeded: true, newest.Name) { Backup = newest.Backup, Rows = proof.RowsCompared }
            : throw new SafeDbException(VerificationErrors.FailureOf(proof));
    }

    private static async Task<ScheduledRun> CheckAsync(ScheduledWorkContext context, string database, Func<Task<IReadOnlyList<ReadinessItem>>> readiness)
    {
        IReadOnlyList<ReadinessItem> items = await readiness().ConfigureAwait(false);
        Directory.CreateDirectory(context.Evidence);
        await File.WriteAllTextAsync(Path.Combine(context.Evidence, "readiness.md"), ReadinessMarkdown.Of(database, items)).ConfigureAwait(false);
        string[] failed = [.. items.Where(item => !item.Passed).Select(item => item.Item)];
        return new ScheduledRun(ScheduledTask.ReadinessCheck, database, failed.Length == 0, failed.Length == 0 ? "every item passed" : $"failed: {string.Join(", ", failed)}");
    }

    // The mark of a backup that this work took and has not proved, in the evidence folder; the nightly runbook leaves the same one.
    private static string Mark(ScheduledWorkContext context, BackupInfo backup) => Path.Combine(context.Evidence, backup.Name + ".pending");

    // Only a backup of this work is taken up again: another unproved one may be what somebody kept of a damaged state.
    private async Task<BackupInfo?> UnprovedAsync(ScheduledWorkContext context, CancellationToken cancellationToken)
    {
        try
        {
            List<BackupInfo> recent = await _catalogue.ReadAsync(Query(context) with { Since = engine.Clock.GetUtcNow() - ResumeWithin, Authenticate = true }, context.Keys, cancellationToken).ConfigureAwait(false);
            return recent.FindLast(backup => backup is { Authenticated: true, VerifiedAt: null } && File.Exists(Mark(context, backup)));
        }
        catch (SafeDbException first) when (first.Id == FolderErrors.Missing.Id)
        {
            // The very first run: the backup makes the folder.
            return null;
        }
    }

    private async Task<BackupInfo> TakeAsync(ScheduledWorkContext context, IOperationObserver observer, CancellationToken cancellationToken)
    {
        using ArchiveSecrets secrets = context.Secrets();
        var service = new BackupService(engine);
        var command = new BackupCommand(context.Database, context.Destination.Address) { Protection = context.Destination.Settings?.Protection };
        BackupInfo backup = await service.ExecuteAsync(service.Plan(command, secrets), command, secrets, observer, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(context.Evidence);
        await File.WriteAllTextAsync(Mark(context, backup), string.Empty, CancellationToken.None).ConfigureAwait(false);
        return backup;
    }

    private Task<BackupVerification> ProveAsync(ScheduledWorkContext context, string backup, IOperationObserver observer, CancellationToken cancellationToken) =>
        new VerificationService(engine).VerifyAsync(
            new VerificationCommand(backup, VerificationLevel.Restore) { Database = context.Database.Address, Scratch = context.Database.Scratch }, context.Keys, observer, cancellationToken);

    private static CatalogueQuery Query(ScheduledWorkContext context) =>
        new(context.Destination.Address) { Name = ArchiveName.DatabasePart(context.Database.Address.DatabaseName) };
}
