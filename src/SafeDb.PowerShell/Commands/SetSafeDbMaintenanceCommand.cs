using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.MaintenanceModes;

namespace SafeDb.PowerShell.Commands;

/// <summary>Puts a database into maintenance or ends it: others read, but do not write.</summary>
[Cmdlet(VerbsCommon.Set, "SafeDbMaintenance", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, HelpUri = HelpLinks.Root + "Set-SafeDbMaintenance.md")]
[OutputType(typeof(MaintenanceState))]
public sealed class SetSafeDbMaintenanceCommand : ConfiguredCmdlet
{
    /// <summary>The database: an address such as sqlite:./shop.db, or its name in safedb.json. By default DATABASE_URL, then the configured default.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>On to begin maintenance, Off to end it.</summary>
    [Parameter(Mandatory = true)]
    [ValidateSet("On", "Off")]
    public string State { get; set; } = "On";

    /// <summary>Why, for people who find the database in maintenance.</summary>
    [Parameter]
    public string Reason { get; set; } = "maintenance";

    /// <summary>How long open transactions of others may go on before their sessions are ended. By default ten seconds.</summary>
    [Parameter]
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(10);

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        bool on = State.Equals("On", StringComparison.OrdinalIgnoreCase);
        if (!ShouldProcess(database.Address.Display, on ? "Begin maintenance" : "End maintenance"))
        {
            return;
        }

        MaintenanceService service = Composition.Maintenance(Core, database.Address.Engine);
        var request = new MaintenanceRequest(Reason, System.Environment.UserName, Core.Clock.GetUtcNow()) { Drain = Drain };
        Give(Run((_, stop) => on ? service.EnterAsync(database.Address, request, stop) : service.LeaveAsync(database.Address, stop)));
    }
}
