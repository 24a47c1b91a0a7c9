using System.Management.Automation;

using SafeDb.Archive;
using SafeDb.Configuration;
using SafeDb.Restore;

namespace SafeDb.PowerShell.Commands;

/// <summary>Restores a backup: aside, compared with the archive row by row, and only then put in place in one step.</summary>
[Cmdlet(VerbsData.Restore, "SafeDb", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, HelpUri = HelpLinks.Root + "Restore-SafeDb.md")]
[OutputType(typeof(RestoreResult))]
public sealed class RestoreSafeDbCommand : ArchiveCmdlet
{
    /// <summary>The archive: a file or a blob address.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string Backup { get; set; } = string.Empty;

    /// <summary>The database that shall hold the data. It must not exist or be empty, unless -Overwrite is given.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>Replace an existing database by a swap. It is backed up first, and kept under a dated name afterwards.</summary>
    [Parameter]
    public SwitchParameter Overwrite { get; set; }

    /// <summary>Restore the rows of these tables only, written table (in any schema) or schema.table. Wildcards * and ? are allowed. A partitioned table stands for all its partitions. The definitions of everything are restored.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] Table { get; set; } = [];

    /// <summary>Restore the definitions without the rows.</summary>
    [Parameter]
    public SwitchParameter SchemaOnly { get; set; }

    /// <summary>Leave ownership to the user who restores; a database that is replaced keeps its owner.</summary>
    [Parameter]
    public SwitchParameter NoOwner { get; set; }

    /// <summary>Leave out privileges; a database that is replaced keeps those on itself.</summary>
    [Parameter]
    public SwitchParameter NoPrivileges { get; set; }

    /// <summary>Where the safety backup of a replaced database goes. By default the database's own destination, else beside the archive.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string? Destination { get; set; }

    /// <summary>Replace without a backup first, when the database is too damaged for one. It is kept under a dated name all the same.</summary>
    [Parameter]
    public SwitchParameter NoSafetyBackup { get; set; }

    /// <summary>Accept that the safety backup of a replaced database can be read by everybody who reaches it.</summary>
    [Parameter]
    public SwitchParameter Unencrypted { get; set; }

    /// <summary>How many things are done at the same time. By default the processors, at most 8.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int Jobs { get; set; } = Math.Clamp(System.Environment.ProcessorCount, 1, 8);

    private protected override void ProcessItem()
    {
        ErrorTarget = Backup;
        string location = Backup.Contains("://", StringComparison.Ordinal) ? Backup : Paths.Literal(Backup);
        ResolvedDatabase target = ResolveDatabase(Database);
        ResolvedDestination? safety = Destination is null && target.Settings?.Destination is null ? null : ResolveDestination(Destination, target.Settings);
        var command = new RestoreCommand(location, target)
        {
            Overwrite = Overwrite, Tables = Table, SchemaOnly = SchemaOnly, NoOwner = NoOwner, NoPrivileges = NoPrivileges, Jobs = Jobs, SafetyDestination = safety?.Address, SafetyProtection = safety?.Settings?.Protection,
            NoSafetyBackup = NoSafetyBackup,
        };
        var service = new RestoreService(Core);
        using ArchiveKeys? keys = OpenKeys(location);
        RestorePlan plan = Run((_, stop) => service.PlanAsync(command, keys, stop));
        using ArchiveSecrets? secrets = plan.SafetyBackup ? Access.ForWriting(AccessRequest(Unencrypted), safety?.Settings) : null;
        if (ShouldProcess(plan.Text, $"Are you sure you want to perform this action?\n{plan.Text}", "Confirm"))
        {
            Give(Run((observer, stop) => service.ExecuteAsync(plan, command, keys, secrets, observer, stop)));
        }
    }
}
