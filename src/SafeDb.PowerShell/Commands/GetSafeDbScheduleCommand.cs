using System.Management.Automation;

namespace SafeDb.PowerShell.Commands;

/// <summary>Lists the schedules that SafeDb made on this machine, and shows whether they really ran.</summary>
[Cmdlet(VerbsCommon.Get, "SafeDbSchedule", HelpUri = HelpLinks.Root + "Get-SafeDbSchedule.md")]
[OutputType(typeof(ScheduleInfo))]
public sealed class GetSafeDbScheduleCommand : ScheduleCmdlet
{
    /// <summary>Only schedules of this database, by its name in safedb.json.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>Only schedules of this name, such as nightly-backup-shop; wildcards are allowed.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    public string? Name { get; set; }

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        ErrorTarget = Name ?? Database;
        GiveEach(Run((_, stop) => Schedules.ListAsync(Database, Name, stop)));
    }
}
