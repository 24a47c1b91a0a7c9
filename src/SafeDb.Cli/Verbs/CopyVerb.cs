using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Catalogue;
using SafeDb.Cli.Hosting;
using SafeDb.Configuration;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb copy</c>: Copy-SafeDbBackup.</summary>
internal sealed class CopyVerb
{
    private readonly Argument<string> _backup = new("backup") { Description = "The archive: a file or a blob address." };
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Where the copy goes: folder, blob address, or name of a destination in safedb.json.", "PLACE");
    private readonly Option<bool> _rewrap = VerbArguments.Switch("--rewrap", "Give the copy other recipients: the --new-... ones, else those of the destination. The data is not decrypted.");
    private readonly SecretOption _newPassphrase = new("new-passphrase", "the passphrase that opens the copy");
    private readonly SecretOption _newKey = new("new-key", "the 32-byte key that opens the copy");
    private readonly Option<string[]> _newRecipient = VerbArguments.List("--new-recipient", "Certificate file, thumbprint or recipient's name that opens the copy.", "CERTIFICATE");
    private readonly ArchiveOptions _archive = new(writes: false);

    public static Command Create(VerbRunner runner)
    {
        var verb = new CopyVerb();
        verb._destination.Required = true;
        var command = new Command("copy", "Copy an archive to a second place and check it there.")
        {
            verb._backup, verb._destination, verb._rewrap, verb._newPassphrase.FromVariable, verb._newPassphrase.FromFile,
            verb._newKey.FromVariable, verb._newKey.FromFile, verb._newRecipient,
        };
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDestination destination = session.Destination(parsed.GetValue(_destination), database: null);
        var wanted = new ArchiveAccessRequest
        {
            Passphrase = _newPassphrase.Read(parsed, session.Host),
            Key = _newKey.Read(parsed, session.Host),
            Recipients = parsed.GetValue(_newRecipient) ?? [],
            Folder = session.Host.Folder,
        };
        bool rewrap = parsed.GetValue(_rewrap) || !wanted.IsEmpty;
        using ArchiveSecrets? secrets = rewrap ? session.Access.ForWriting(wanted, destination.Settings) : null;
        using ArchiveKeys? keys = _archive.Keys(parsed, session);
        var service = new CopyService(session.Engine);
        CopyPlan plan = service.Plan(session.Location(parsed.GetRequiredValue(_backup)), destination.Address, rewrap);
        return session.Confirmed(plan.ToString(), ask: false)
            ? new VerbResult(await service.ExecuteAsync(plan, destination, keys, secrets, session.Observer, stop).ConfigureAwait(false))
            : VerbResult.Nothing;
    }
}
