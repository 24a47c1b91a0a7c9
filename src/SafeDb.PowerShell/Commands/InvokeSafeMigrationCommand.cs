using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration;
using SafeDb.Migration.Baseline;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Observation;
using SafeDb.PowerShell.Hosting;

namespace SafeDb.PowerShell.Commands;

/// <summary>Applies migrations: backed up, proved, rehearsed on the restored copy, gated, applied, verified, with a way back on every failure.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "SafeMigration", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, HelpUri = HelpLinks.Root + "Invoke-SafeMigration.md")]
[OutputType(typeof(MigrationRun), typeof(MigrationPlan))]
public sealed class InvokeSafeMigrationCommand : MigrationCmdlet
{
    /// <summary>Id of the last migration to apply. By default all that are pending.</summary>
    [Parameter]
    public string? Target { get; set; }

    /// <summary>Only make the plan: return it, write it to this file, and change nothing.</summary>
    [Parameter]
    public string? Plan { get; set; }

    /// <summary>Run exactly the plan in this file, or refuse because the world has changed.</summary>
    [Parameter]
    public string? FromPlan { get; set; }

    /// <summary>Runs when everything is prepared and nothing has changed; what it throws stops the run. It gets the run so far.</summary>
    [Parameter]
    public ScriptBlock? Before { get; set; }

    /// <summary>Runs after success; what it throws is a warning. It gets the run.</summary>
    [Parameter]
    public ScriptBlock? After { get; set; }

    /// <summary>Runs after a failure that had begun to change the database; what it throws is a warning. It gets the run.</summary>
    [Parameter]
    public ScriptBlock? OnFailure { get; set; }

    /// <summary>Finish a run that was interrupted.</summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Id of a migration: records it and those before it as applied without running them, after proof on an empty database that they lead to the schema that is there.</summary>
    [Parameter]
    public string? Baseline { get; set; }

    /// <summary>Lets another tool make the change, in the place of the folder's migrations: called with the address of the rehearsal's copy first, and with that of the database after. Gets the address and the phase.</summary>
    [Parameter]
    public ScriptBlock? Runner { get; set; }

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        if (Runner is not null)
        {
            (Full(database, SilentObserver.Instance) with { Runner = (_, _) => Task.CompletedTask })
                .RefuseBesideRunner(("-Baseline", Baseline is not null), ("-Plan", Plan is not null), ("-FromPlan", FromPlan is not null));
        }

        if (Baseline is { } version)
        {
            RecordBaseline(database, version);
            return;
        }

        string? backup = Backup is null ? null : Locations(Backup).First();
        ResolvedDestination? place = PlaceOf(backup, database);
        if (IsWhatIf || Plan is not null)
        {
            MakePlan(database, place is not null);
            return;
        }

        MigrationPlan? pinned = FromPlan is null ? null : MigrationPlan.Load(Paths.Literal(FromPlan));
        using SafetyNetSecrets secrets = OpenSecrets(place);
        Report(Run((observer, ask, stop) =>
        {
            MigrationService service = Service(SafetyNet(database, place, secrets, backup, observer));
            ConfirmRun confirm = (plan, rehearsal, _) => ask(() => ShouldProcess(plan.Database, MigrationPlanText.Of(plan, rehearsal)));
            MigrationCommand command = Full(database, observer) with { Callback = Hooks(ask), Runner = Runner is null ? null : new ScriptBlockRunner(Runner, SessionState, ask, observer).RunAsync };
            return Resume ? service.ResumeAsync(command, confirm, stop) : service.RunAsync(command, pinned, confirm, stop);
        }));
        MigrationService Service(ISafetyNet? net) => new(Composition.Migrations(Core, database.Address.Engine), net, Http);
    }

    private void MakePlan(ResolvedDatabase database, bool backupPossible)
    {
        var service = new MigrationService(Composition.Migrations(Core, database.Address.Engine), net: null, Http);
        MigrationPlan plan = Run(async (observer, stop) =>
        {
            MigrationCommand command = Full(database, observer) with { Runner = Runner is null ? null : (_, _) => Task.CompletedTask };
            return Resume ? await service.PlanResumeAsync(command, stop).ConfigureAwait(false) : (await service.PlanAsync(command, backupPossible, stop).ConfigureAwait(false)).Plan;
        });
        ShowPlan(plan);
        if (IsWhatIf)
        {
            ShouldProcess(plan.Database, MigrationPlanText.Of(plan) + MigrationPlanText.Unwritten(Plan));
            return;
        }

        plan.Save(Paths.Literal(Plan!));
        Give(plan);
    }

    /// <summary>Script blocks run on the pipeline thread, where PowerShell expects them.</summary>
    private RunCallback? Hooks(Func<Func<bool>, Task<bool>> ask) => (Before ?? After ?? OnFailure) is null ? null : async (moment, run, _) =>
    {
        ScriptBlock? block = moment switch { RunMoment.Before => Before, RunMoment.After => After, _ => OnFailure };
        if (block is not null)
        {
            // Kept, and thrown where the run can turn it into its own error: thrown on the pipeline thread it would end the cmdlet over a run that goes on.
            RuntimeException? thrown = null;
            await ask(() =>
            {
                try
                {
                    block.Invoke(IndexableLists.In(run));
                }
                catch (RuntimeException failure) when (failure is not PipelineStoppedException)
                {
                    thrown = failure;
                }

                return true;
            }).ConfigureAwait(false);
            if (thrown is not null)
            {
                throw new InvalidOperationException(thrown.Message, thrown);
            }
        }
    };

    private void RecordBaseline(ResolvedDatabase database, string version)
    {
        var service = new BaselineService(Composition.Migrations(Core, database.Address.Engine));
        string Text(IReadOnlyList<MigrationScript> scripts) => MigrationPlanText.OfBaseline(scripts, database.Address.Display);
        if (IsWhatIf)
        {
            ShouldProcess(database.Address.Display, Text(Run((observer, stop) => service.PlanAsync(Full(database, observer), version, stop))));
            return;
        }

        Report(Run((observer, ask, stop) => service.RunAsync(Full(database, observer), version, scripts => ask(() => ShouldProcess(database.Address.Display, Text(scripts))), stop)));
    }

    private MigrationCommand Full(ResolvedDatabase database, IOperationObserver observer) => Command(database, observer, needsFolder: Runner is null) with { Target = Target };
}
