using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Observation;

namespace SafeDb.PowerShell.Commands;

/// <summary>Takes migrations back: an interrupted run as a whole, or the last applied ones by their down scripts, backed up and rehearsed like every other change.</summary>
[Cmdlet(VerbsCommon.Undo, "SafeMigration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, HelpUri = HelpLinks.Root + "Undo-SafeMigration.md")]
[OutputType(typeof(MigrationRun))]
public sealed class UndoSafeMigrationCommand : MigrationCmdlet
{
    /// <summary>How many migrations to take back, the last first. By default one.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int Steps { get; set; } = 1;

    /// <summary>Id of the migration that is to remain the last one. Wins over -Steps.</summary>
    [Parameter]
    public string? To { get; set; }

    /// <summary>A backup that was taken already; it is proved again, and used when the policy finds it young enough. Without one, a new backup is taken.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Backup { get; set; }

    /// <summary>Where the backup before the undo goes. By default beside the backup given, else the database's own destination.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string? Destination { get; set; }

    /// <summary>Accept a backup that everybody who reaches it can read.</summary>
    [Parameter]
    public SwitchParameter Unencrypted { get; set; }

    /// <summary>Rules or gates that are accepted this time, by their ids.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.RuleCompleter))]
    public string[] AllowHazard { get; set; } = [];

    /// <summary>Server or folder, as a database address, where the copy for the rehearsal may be made.</summary>
    [Parameter]
    public string? Scratch { get; set; }

    /// <summary>Keep others' writes away while the database is changed.</summary>
    [Parameter]
    public SwitchParameter Maintenance { get; set; }

    /// <summary>Who approved the run; goes into the evidence.</summary>
    [Parameter]
    public string? ApprovedBy { get; set; }

    /// <summary>Folder for the evidence of the run. By default safedb-evidence in the current location.</summary>
    [Parameter]
    public string EvidencePath { get; set; } = "safedb-evidence";

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        string? backup = Backup is null ? null : Locations(Backup).First();
        ResolvedDestination? place = PlaceOf(backup, Destination, database);
        var target = new UndoTarget(To is null ? Steps : null, To);
        if (IsWhatIf)
        {
            MigrationPlan plan = Run((observer, stop) => Service(null).PlanAsync(Full(database, observer), target, place is not null, stop)).Plan;
            ShowPlan(plan);
            ShouldProcess(plan.Database, MigrationPlanText.Of(plan));
            return;
        }

        using SafetyNetSecrets secrets = OpenSecrets(place, Unencrypted);
        Report(Run((observer, ask, stop) =>
        {
            ConfirmRun confirm = (plan, rehearsal, _) => ask(() => ShouldProcess(plan.Database, MigrationPlanText.Of(plan, rehearsal)));
            return Service(SafetyNet(database, place, secrets, backup, Scratch, observer)).UndoAsync(Full(database, observer), target, confirm, stop);
        }));

        UndoService Service(ISafetyNet? net) => new(Composition.Migrations(Core, database.Address.Engine), net, Http);
    }

    private MigrationCommand Full(ResolvedDatabase database, IOperationObserver observer) =>
        Command(database, observer) with { AllowHazards = AllowHazard, ApprovedBy = ApprovedBy, Maintenance = Maintenance, EvidenceFolder = Paths.Literal(EvidencePath) };
}
