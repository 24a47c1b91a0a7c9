using System.Management.Automation;

namespace SafeDb.PowerShell.Commands;

/// <summary>Removes a schedule that SafeDb made. Its evidence and the archives stay.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "SafeDbSchedule", SupportsShouldProcess = true, HelpUri = HelpLinks.Root + "Unregister-SafeDbSchedule.md")]
[OutputType(typeof(void))]
public sealed class UnregisterSafeDbScheduleCommand : ScheduleCmdlet
{
    /// <summary>Name of the schedule, as Get-SafeDbSchedule lists it.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = string.Empty;

    private protected override void ProcessItem()
    {
        ErrorTarget = Name;
        Run(async (_, stop) =>
        {
            await Schedules.RefuseUnknownAsync(Name, stop).ConfigureAwait(false);
            return 0;
        });
        if (ShouldProcess(Name, "Remove the schedule"))
        {
            Run(async (_, stop) =>
            {
                await Schedules.RemoveAsync(Name, stop).ConfigureAwait(false);
                return 0;
            });
        }
    }
}
