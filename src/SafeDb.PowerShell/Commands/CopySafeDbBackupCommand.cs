using System.Management.Automation;
using System.Security;

using SafeDb.Archive;
using SafeDb.Catalogue;
using SafeDb.Configuration;

namespace SafeDb.PowerShell.Commands;

/// <summary>Copies archives to a second place and checks them there by their checksums.</summary>
[Cmdlet(VerbsCommon.Copy, "SafeDbBackup", SupportsShouldProcess = true, HelpUri = HelpLinks.Root + "Copy-SafeDbBackup.md")]
[OutputType(typeof(BackupInfo))]
public sealed class CopySafeDbBackupCommand : ArchiveCmdlet
{
    /// <summary>The archives: files (wildcards are allowed) or blob addresses.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    public string[] Backup { get; set; } = [];

    /// <summary>Where the copies go: a folder, a blob address, or the name of a destination in safedb.json.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string Destination { get; set; } = string.Empty;

    /// <summary>Give the copies other recipients: the ones of -NewPassphrase, -NewKey and -NewRecipient, else those of the destination. The data itself is not decrypted.</summary>
    [Parameter]
    public SwitchParameter Rewrap { get; set; }

    /// <summary>Passphrase that opens the copies. Implies -Rewrap.</summary>
    [Parameter]
    public SecureString? NewPassphrase { get; set; }

    /// <summary>A 32-byte key, in Base64 or as 64 hexadecimal digits, that opens the copies. Implies -Rewrap.</summary>
    [Parameter]
    public SecureString? NewKey { get; set; }

    /// <summary>Who can open the copies: certificate files, thumbprints, or names of recipients in safedb.json. Implies -Rewrap.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.RecipientCompleter))]
    public string[] NewRecipient { get; set; } = [];

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        foreach (string backup in Backup)
        {
            ErrorTarget = backup;
            foreach (string location in Locations(backup))
            {
                CopyOne(location);
            }
        }
    }

    private void CopyOne(string location)
    {
        ResolvedDestination destination = ResolveDestination(Destination, database: null);
        var wanted = new ArchiveAccessRequest { Passphrase = NewPassphrase, Key = NewKey, Recipients = NewRecipient, Folder = Paths.CurrentFolder };
        bool rewrap = Rewrap || !wanted.IsEmpty;
        var service = new CopyService(Core);
        CopyPlan plan = service.Plan(location, destination.Address, rewrap);
        if (!ShouldProcess(plan.Name, $"Copy to {plan.Destination}{(rewrap ? " for other recipients" : string.Empty)}"))
        {
            return;
        }

        using ArchiveSecrets? secrets = rewrap ? Access.ForWriting(wanted, destination.Settings) : null;
        using ArchiveKeys? keys = OpenKeys(location);
        Give(Run((observer, stop) => service.ExecuteAsync(plan, destination, keys, secrets, observer, stop)));
    }
}
