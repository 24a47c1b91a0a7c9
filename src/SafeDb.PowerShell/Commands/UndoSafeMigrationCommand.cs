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

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        string? backup = Backup is null ? null : Locations(Backup).First();
        ResolvedDestination? place = PlaceOf(backup, database);
        var target = new UndoTarget(To is null ? Steps : null, To);
        if (IsWhatIf)
        {
            MigrationPlan plan = Run((observer, stop) => Service(null).PlanAsync(Command(database, observer), target, place is not null, stop)).Plan;
            ShowPlan(plan);
            ShouldProcess(plan.Database, MigrationPlanText.Of(plan));
            return;
        }

        using SafetyNetSecrets secrets = OpenSecrets(place);
        Report(Run((observer, ask, stop) =>
        {
            ConfirmRun confirm = (plan, rehearsal, _) => ask(() => ShouldProcess(plan.Database, MigrationPlanText.Of(plan, rehearsal)));
            return Service(SafetyNet(database, place, secrets, backup, observer)).UndoAsync(Command(database, observer), target, confirm, stop);
        }));

        UndoService Service(ISafetyNet? net) => new(Composition.Migrations(Core, database.Address.Engine), net, Http);
    }
}
