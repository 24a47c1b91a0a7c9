using System.Management.Automation;

using SafeDb.Archive;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Verification;

namespace SafeDb.PowerShell.Commands;

/// <summary>Proves that a backup can be restored and holds what the database held: by default restores it into a scratch database and compares every row.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SafeDbBackup", HelpUri = HelpLinks.Root + "Test-SafeDbBackup.md")]
[OutputType(typeof(BackupVerification), typeof(bool))]
public sealed class TestSafeDbBackupCommand : ArchiveCmdlet
{
    /// <summary>The archives: files (wildcards are allowed) or blob addresses.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    public string[] Backup { get; set; } = [];

    /// <summary>The database that the archive is of; its server or folder is where the scratch copy is made unless -Scratch says otherwise.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>How deep: Checksum (every stored byte; needs no key), Schema (definitions restored and compared), Restore (everything restored and every row compared).</summary>
    [Parameter]
    public VerificationLevel Level { get; set; } = VerificationLevel.Restore;

    /// <summary>Server or folder, as a database address, where the scratch copy may be made. A drill of a PostgreSQL archive needs this or -Database, and a role with CREATEDB there.</summary>
    [Parameter]
    public string? Scratch { get; set; }

    /// <summary>How many things are done at the same time. By default the processors, at most 8.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int Jobs { get; set; } = Math.Clamp(System.Environment.ProcessorCount, 1, 8);

    /// <summary>Leave out owners, for a scratch server without the original's roles.</summary>
    [Parameter]
    public SwitchParameter NoOwner { get; set; }

    /// <summary>Leave out privileges, for a scratch server without the original's roles.</summary>
    [Parameter]
    public SwitchParameter NoPrivileges { get; set; }

    /// <summary>Give only True or False for each archive.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        foreach (string backup in Backup)
        {
            ErrorTarget = backup;
            foreach (string location in Locations(backup))
            {
                TestOne(location);
            }
        }
    }

    private void TestOne(string location)
    {
        ResolvedDatabase? database = Database is null ? null : ResolveDatabase(Database);
        var command = new VerificationCommand(location, Level)
        {
            Database = database?.Address, Scratch = ScratchAddress(Scratch) ?? database?.Scratch, Jobs = Jobs, NoOwner = NoOwner, NoPrivileges = NoPrivileges,
        };
        using ArchiveKeys? keys = OpenKeys(location);
        BackupVerification result = Run((observer, stop) => new VerificationService(Core).VerifyAsync(command, keys, observer, stop));
        if (Quiet)
        {
            Give(result.Passed);
            return;
        }

        Give(result);
        if (!result.Passed)
        {
            ReportError(new SafeDbException(VerificationErrors.FailureOf(result)));
        }
    }
}
