using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Observation;
using SafeDb.Providers;

namespace SafeDb.Readiness;

/// <summary>What a caller wants checked.</summary>
/// <param name="Database">The database.</param>
public sealed record ReadinessCommand(ResolvedDatabase Database)
{
    /// <summary>Where its archives are, or null when that is not known.</summary>
    public ResolvedDestination? Destination { get; init; }

    /// <summary>Folder of its migrations, or null.</summary>
    public string? Migrations { get; init; }

    /// <summary>Format of its migrations, or null to detect it.</summary>
    public string? Format { get; init; }

    /// <summary>Folder of evidence, or null.</summary>
    public string? Evidence { get; init; }

    /// <summary>Schedules of this machine for the database, judged.</summary>
    public IReadOnlyList<ScheduleInfo> Schedules { get; init; } = [];

    /// <summary>The document that tells how to restore, or null.</summary>
    public string? RestoreDocument { get; init; }

    /// <summary>What the file's own relative paths start from, for <see cref="RestoreDocument"/>.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;
}

/// <summary>Answers the readiness checklist. Changes nothing.</summary>
/// <param name="engine">What the use case needs from outside.</param>
/// <param name="migrations">The parts of the database's engine that migrations are made of, or null when the engine has none.</param>
public sealed class ReadinessService(SafeDbEngine engine, MigrationContext? migrations)
{
    /// <summary>Every line of the checklist. What cannot be looked at is a line that did not pass, with the reason as its evidence.</summary>
    public async Task<IReadOnlyList<ReadinessItem>> CheckAsync(ReadinessCommand command, ArchiveKeys? keys, IOperationObserver observer, CancellationToken cancellationToken)
    {
        var facts = new ReadinessFacts
        {
            Now = engine.Clock.GetUtcNow(),
            Policy = command.Database.Policy,
            Runs = ReadinessFiles.Runs(command.Evidence),
            Heartbeats = ReadinessFiles.Heartbeats(command.Evidence),
            Schedules = command.Schedules,
            RestoreDocument = Document(command),
        };
        facts = await WithBackupsAsync(facts, command, keys, cancellationToken).ConfigureAwait(false);
        facts = await WithMigrationsAsync(facts, command, observer, cancellationToken).ConfigureAwait(false);
        return ReadinessJudge.Judge(facts);
    }

    private async Task<ReadinessFacts> WithBackupsAsync(ReadinessFacts facts, ReadinessCommand command, ArchiveKeys? keys, CancellationToken cancellationToken)
    {
        if (command.Destination is not { } destination)
        {
            return facts;
        }

        try
        {
            facts = facts with { Destination = engine.Stores.Open(destination.Address).Display, OffSite = destination.Settings?.OffSite ?? ArchiveLocation.IsAddress(destination.Address) };
            var query = new CatalogueQuery(destination.Address) { Name = ArchiveName.DatabasePart(command.Database.Address.DatabaseName), Authenticate = true };
            List<BackupInfo> backups = await new BackupCatalogue(engine).ReadAsync(query, keys, cancellationToken).ConfigureAwait(false);
            return facts with { Backups = [.. backups.OrderByDescending(backup => backup.CreatedAt)] };
        }
        catch (SafeDbException problem)
        {
            return facts with { BackupsProblem = $"{problem.Id}: {problem.Message}" };
        }
    }

    private async Task<ReadinessFacts> WithMigrationsAsync(ReadinessFacts facts, ReadinessCommand command, IOperationObserver observer, CancellationToken cancellationToken)
    {
        if (command.Migrations is not { } folder || migrations is null)
        {
            return facts;
        }

        try
        {
            var planning = new MigrationCommand(command.Database.Address, folder)
            {
                Format = command.Format ?? command.Database.Settings?.Format, Policy = command.Database.Policy, Settings = command.Database.Settings, Observer = observer,
                EvidenceFolder = command.Evidence,
            };
            IDatabaseSession session = await migrations.OpenAsync(command.Database.Address, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return facts with { Migrations = (await new MigrationPlanner(migrations, PlanDepth.Catalogue).PlanAsync(session, planning, cancellationToken).ConfigureAwait(false)).Plan };
            }
        }
        catch (SafeDbException problem)
        {
            return facts with { MigrationsProblem = $"{problem.Id}: {problem.Message}", MigrationsAdvice = problem.Error.RecommendedAction };
        }
    }

    private static RestoreDocument? Document(ReadinessCommand command)
    {
        if ((command.RestoreDocument ?? command.Database.Settings?.RestoreDocument) is not { } path)
        {
            return null;
        }

        var file = new FileInfo(Path.GetFullPath(path, command.Folder));
        return new RestoreDocument(file.FullName, file.Exists ? file.Length : 0);
    }
}
