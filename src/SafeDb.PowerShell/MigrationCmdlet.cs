using System.Management.Automation;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Observation;

namespace SafeDb.PowerShell;

/// <summary>Base of the cmdlets that apply migrations or take them back.</summary>
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

    /// <summary>A backup that was taken already; it is proved again, and used when the policy finds it young enough. Without one, a new backup is taken.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Backup { get; set; }

    /// <summary>Where the backup before the run goes. By default beside the backup given, else the database's own destination.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string? Destination { get; set; }

    /// <summary>Accept a backup that everybody who reaches it can read.</summary>
    [Parameter]
    public SwitchParameter Unencrypted { get; set; }

    /// <summary>Rules or gates that are accepted this time, by their ids. Nothing is accepted in general.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.HazardCompleter))]
    public string[] AllowHazard { get; set; } = [];

    /// <summary>Server or folder, as a database address, where the copy for the rehearsal may be made. By default where safedb.json says, else the database's own.</summary>
    [Parameter]
    public string? Scratch { get; set; }

    /// <summary>Folder for the evidence of the run. By default safedb-evidence in the current location.</summary>
    [Parameter]
    public string EvidencePath { get; set; } = "safedb-evidence";

    /// <summary>Keep others' writes away while the database is changed.</summary>
    [Parameter]
    public SwitchParameter Maintenance { get; set; }

    /// <summary>Who approved the run; goes into the evidence.</summary>
    [Parameter]
    public string? ApprovedBy { get; set; }

    private protected MigrationCommand Command(ResolvedDatabase database, IOperationObserver observer, bool needsFolder = true) =>
        new(database.Address, needsFolder ? MigrationFolder(Path, database.Settings) : "")
    {
        Format = Format ?? database.Settings?.Format, Policy = database.Policy, Settings = database.Settings, Observer = observer,
        AllowHazards = AllowHazard, ApprovedBy = ApprovedBy, Maintenance = Maintenance, EvidenceFolder = Paths.Literal(EvidencePath),
        Scratch = ScratchAddress(Scratch) ?? database.Scratch,
    };

    /// <summary>For webhooks and health checks; how long they may take is the configuration's to say.</summary>
    private protected static HttpClient Http { get; } = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Shows a plan that was only made, with a warning for each gate that would stop it.</summary>
    private protected void ShowPlan(MigrationPlan plan)
    {
        foreach (GateResult gate in plan.ClosedGates())
        {
            string why = gate.Error?.Message ?? gate.Message;
            WriteWarning($"{gate.Id} is closed: {(why.Contains('\n', StringComparison.Ordinal) ? why + "\n" : Sentences.Ended(why) + " ")}{gate.Error?.RecommendedAction}");
        }

        WriteVerbose(MigrationPlanText.Gates(plan));
    }

    private protected void Report(MigrationRun run)
    {
        Give(run);
        if (Migration.Run.RunFailure.Of(run) is { } failure)
        {
            throw new SafeDbException(failure);
        }
    }

    private protected BackupSafetyNet? SafetyNet(ResolvedDatabase database, ResolvedDestination? place, SafetyNetSecrets secrets, string? backup, IOperationObserver observer) =>
        place is null ? null : new BackupSafetyNet(Core, new SafetyNetSettings(database, place.Address, secrets.Secrets!, secrets.Keys)
        {
            Backup = backup, Protection = place.Settings?.Protection, Scratch = ScratchAddress(Scratch),
        }, observer);

    /// <summary>Where a new backup goes: where the caller says, else beside the backup given, else where the configuration says; null when nobody says.</summary>
    private protected ResolvedDestination? PlaceOf(string? backup, ResolvedDatabase database) =>
        backup is not null && Destination is null ? ResolveDestination(ArchiveLocation.DestinationOf(backup), null)
        : Destination is null && database.Settings?.Destination is null ? null
        : ResolveDestination(Destination, database.Settings);

    private protected SafetyNetSecrets OpenSecrets(ResolvedDestination? place) => place is null
        ? new SafetyNetSecrets(null, null)
        : new SafetyNetSecrets(Access.ForWriting(AccessRequest(Unencrypted), place.Settings), OpenKeys());
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
