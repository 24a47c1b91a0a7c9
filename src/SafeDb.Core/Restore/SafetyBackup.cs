using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Errors;
using SafeDb.Observation;

namespace SafeDb.Restore;

/// <summary>The backup of the database that a restore is about to replace. Whatever fails after it was taken says where it lies.</summary>
internal sealed class SafetyBackup(SafeDbEngine engine, RestoreCommand command, IOperationObserver observer)
{
    private string Database => command.Target.Address.Display;

    /// <summary>Where such a backup goes.</summary>
    public static string DestinationOf(RestoreCommand command) => command.SafetyDestination ?? ArchiveLocation.DestinationOf(command.Backup);

    /// <summary>Takes it; gives its location.</summary>
    public async Task<string> TakeAsync(ArchiveSecrets? secrets, CancellationToken cancellationToken)
    {
        observer.OnMessage(MessageLevel.Information, $"Taking a safety backup of {Database} before it is replaced.");
        var backups = new BackupService(engine);
        var backup = new BackupCommand(command.Target, DestinationOf(command)) { Jobs = command.Jobs, Protection = command.SafetyProtection };
        ArchiveSecrets safetySecrets = secrets ?? throw BackupErrors.NoRecipient.Exception();
        try
        {
            BackupPlan plan = backups.Plan(backup, safetySecrets);
            return (await backups.ExecuteAsync(plan, backup, safetySecrets, observer, cancellationToken).ConfigureAwait(false)).Backup;
        }
        catch (SafeDbException failed)
        {
            throw new SafeDbException(failed.Error with { Message = $"The safety backup of {Database} failed, so it was not replaced: {failed.Error.Message}" }, failed);
        }
    }

    /// <summary>Does what comes after it.</summary>
    /// <param name="location">Where it lies; null when none was taken.</param>
    /// <param name="work">What comes after it.</param>
    public async Task<T> GuardAsync<T>(string? location, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (SafeDbException failed) when (location is not null)
        {
            throw new SafeDbException(failed.Error with { Message = Sentences.Join(failed.Error.Message, Sentence(location)), SafetyBackup = location }, failed);
        }
        catch (OperationCanceledException stopped) when (location is not null)
        {
            // It stays a cancellation to every caller; what it has to say besides goes with it.
            observer.OnMessage(MessageLevel.Warning, Sentence(location));
            throw new OperationCanceledException(stopped.Message, new SafeDbException(GeneralErrors.Cancelled.Error() with { SafetyBackup = location }, stopped), stopped.CancellationToken);
        }
        catch (Exception) when (location is not null)
        {
            observer.OnMessage(MessageLevel.Warning, Sentence(location));
            throw;
        }
    }

    private string Sentence(string location) => $"The safety backup of {Database} that was taken before lies at {location}.";
}
