using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Observation;

namespace SafeDb.PowerShell.Commands;

/// <summary>Takes migrations back: an interrupted run as a whole, or the last applied ones by their down scripts.</summary>
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

    /// <summary>Where backups are, for a run that can only be taken back by a restore. By default the database's own destination.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string? Destination { get; set; }

    /// <summary>The backups there are not encrypted.</summary>
    [Parameter]
    public SwitchParameter Unencrypted { get; set; }

    /// <summary>Rules or gates that are accepted this time, by their ids.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.RuleCompleter))]
    public string[] AllowHazard { get; set; } = [];

    /// <summary>Folder for the evidence of the run. By default safedb-evidence in the current location.</summary>
    [Parameter]
    public string EvidencePath { get; set; } = "safedb-evidence";

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        ResolvedDestination? place = BackupPlace(Destination, database);
        int? steps = To is null ? Steps : null;
        if (IsWhatIf)
        {
            IReadOnlyList<MigrationScript> scripts = Run((observer, stop) => Service(null).PlanAsync(Full(database, observer), steps, To, stop));
            ShouldProcess(database.Address.Display, MigrationPlanText.OfUndo(scripts, database.Address.Display));
            return;
        }

        using SafetyNetSecrets secrets = OpenSecrets(place, Unencrypted);
        Report(Run((observer, ask, stop) => Service(SafetyNet(database, place, secrets, backup: null, scratch: null, observer)).UndoAsync(
            Full(database, observer), steps, To,
            scripts => ask(() => ShouldProcess(database.Address.Display, MigrationPlanText.OfUndo(scripts, database.Address.Display))), stop)));

        UndoService Service(ISafetyNet? net) => new(Composition.Migrations(Core, database.Address.Engine), net);
    }

    private MigrationCommand Full(ResolvedDatabase database, IOperationObserver observer) =>
        Command(database, observer) with { AllowHazards = AllowHazard, EvidenceFolder = Paths.Literal(EvidencePath) };
}
