using System.Management.Automation;
using System.Security;

using SafeDb.Archive;
using SafeDb.Configuration;
using SafeDb.PowerShell.Hosting;

namespace SafeDb.PowerShell;

/// <summary>Base of the cmdlets that seal or open archives.</summary>
public abstract class ArchiveCmdlet : ConfiguredCmdlet
{
    /// <summary>Passphrase that seals or opens the archive.</summary>
    [Parameter]
    public SecureString? Passphrase { get; set; }

    /// <summary>A 32-byte key, written in Base64 or as 64 hexadecimal digits, that seals or opens the archive.</summary>
    [Parameter]
    public SecureString? Key { get; set; }

    /// <summary>
    /// Who can open the archive: certificate files (PEM, DER; with the private key to open), thumbprints in the personal certificate store, or names of recipients in safedb.json.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.RecipientCompleter))]
    public string[] Recipient { get; set; } = [];

    private protected ArchiveAccess Access => new(Configuration);

    private protected ArchiveAccessRequest AccessRequest(bool unencrypted = false) => new()
    {
        Passphrase = Passphrase, Key = Key, Recipients = Recipient, Unencrypted = unencrypted, Folder = Paths.CurrentFolder,
    };

    private protected ArchiveKeys? OpenKeys() => Access.ForReading(AccessRequest());

    /// <summary>What opens one archive: what is given, else what this session sealed it with, else what safedb.json says.</summary>
    private protected ArchiveKeys? OpenKeys(string location)
    {
        ArchiveAccessRequest given = AccessRequest();
        return Access.ForReading(given.IsEmpty && SessionSecrets.Find(location) is { } sealedWith ? sealedWith : given);
    }

    /// <summary>Locations of archives: addresses as they are, paths resolved with their wildcards.</summary>
    private protected IEnumerable<string> Locations(string backup) =>
        backup.Contains("://", StringComparison.Ordinal) ? [backup] : Paths.Existing(backup);
}
