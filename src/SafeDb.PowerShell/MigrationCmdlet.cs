using System.Management.Automation;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Observation;

namespace SafeDb.PowerShell;

/// <summary>Base of the cmdlets that work on the migrations of a database.</summary>
public abstract class MigrationCmdlet : ArchiveCmdlet
{
    /// <summary>The database: an address such as sqlite:./shop.db, or its name in safedb.json. By default DATABASE_URL, then the configured default.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>The folder of the migrations, taken as written. By default the database's own in safedb.json.</summary>
    [Parameter(Position = 1)]
    [Alias("LiteralPath")]
    public string? Path { get; set; }

    /// <summary>Format of the folder: plain, prisma, node-pg-migrate, flyway, golang-migrate or dbmate. By default detected.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.FormatCompleter))]
    public string? Format { get; set; }

    private protected MigrationCommand Command(ResolvedDatabase database, IOperationObserver observer) => new(database.Address, Folder(database))
    {
        Format = Format ?? database.Settings?.Format, Policy = database.Policy, Settings = database.Settings, Observer = observer,
    };

    /// <summary>For webhooks and health checks; how long they may take is the configuration's to say.</summary>
    private protected static HttpClient Http { get; } = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Shows a plan that was only made, with a warning for each gate that would stop it.</summary>
    private protected void ShowPlan(MigrationPlan plan)
    {
        foreach (GateResult gate in plan.ClosedGates)
        {
            WriteWarning($"{gate.Id} is closed: {gate.Message} {gate.Error?.RecommendedAction}");
        }

        WriteVerbose(MigrationPlanText.Gates(plan));
    }

    private protected void Report(MigrationRun run)
    {
        WriteObject(run);
        if (Migration.Run.RunFailure.Of(run) is { } failure)
        {
            throw new SafeDbException(failure);
        }
    }

    private protected BackupSafetyNet? SafetyNet(ResolvedDatabase database, ResolvedDestination? place, SafetyNetSecrets secrets, string? backup, string? scratch, IOperationObserver observer) =>
        place is null ? null : new BackupSafetyNet(Core, new SafetyNetSettings(database, place.Address, secrets.Secrets!, secrets.Keys)
        {
            Backup = backup, Protection = place.Settings?.Protection, Scratch = scratch is null ? null : Core.Engines.Parse(Paths.DatabaseText(scratch)),
        }, observer);

    /// <summary>Where a new backup goes: where the caller says, else beside the backup given, else where the configuration says; null when nobody says.</summary>
    private protected ResolvedDestination? PlaceOf(string? backup, string? destination, ResolvedDatabase database) =>
        backup is not null && destination is null ? ResolveDestination(ArchiveLocation.DestinationOf(backup), null)
        : destination is null && database.Settings?.Destination is null ? null
        : ResolveDestination(destination, database.Settings);

    private protected SafetyNetSecrets OpenSecrets(ResolvedDestination? place, bool unencrypted) => place is null
        ? new SafetyNetSecrets(null, null)
        : new SafetyNetSecrets(Access.ForWriting(AccessRequest(unencrypted), place.Settings), OpenKeys());

    private string Folder(ResolvedDatabase database) => Path is { } given ? Paths.Literal(given)
        : database.Settings?.Migrations is { } configured ? System.IO.Path.GetFullPath(configured, Configuration.Folder ?? Paths.CurrentFolder)
        : throw Hosting.PathErrors.NoMigrations.Exception();
}

/// <summary>The secrets of the backup under a run, held until the run is over.</summary>
/// <param name="Secrets">Who can open it.</param>
/// <param name="Keys">What opens it again.</param>
internal sealed record SafetyNetSecrets(ArchiveSecrets? Secrets, ArchiveKeys? Keys) : IDisposable
{
    public void Dispose()
    {
        Secrets?.Dispose();
        Keys?.Dispose();
    }
}
