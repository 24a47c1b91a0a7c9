using SafeDb.Schedules;

namespace SafeDb.PowerShell;

/// <summary>Base of the cmdlets that work on schedules.</summary>
public abstract class ScheduleCmdlet : ConfiguredCmdlet
{
    private ScheduleService? _schedules;

    private protected ScheduleService Schedules => _schedules ??= new ScheduleService(Core, ScheduleService.OfMachine(Core.Clock));
}
