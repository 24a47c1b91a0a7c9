using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Cli.Hosting;
using SafeDb.Configuration;

namespace SafeDb.Cli.Hosting;

/// <summary>The options by which archives are sealed and opened.</summary>
internal sealed class ArchiveOptions
{
    private readonly SecretOption _passphrase = new("passphrase", "the passphrase that seals or opens the archive");
    private readonly SecretOption _key = new("key", "the 32-byte key (Base64 or 64 hexadecimal digits) that seals or opens the archive");
    private readonly Option<string[]> _recipient = VerbArguments.List(
        "--recipient", "Certificate file (with the private key to open), thumbprint, or name of a recipient in safedb.json.", "CERTIFICATE");

    private readonly Option<bool>? _unencrypted;

    public ArchiveOptions(bool writes) =>
        _unencrypted = writes ? VerbArguments.Switch("--unencrypted", "Accept an archive that everybody who reaches it can read.") : null;

    public void AddTo(Command command)
    {
        Option?[] options = [_passphrase.FromVariable, _passphrase.FromFile, _key.FromVariable, _key.FromFile, _recipient, _unencrypted];
        foreach (Option option in options.OfType<Option>())
        {
            command.Add(option);
        }
    }

    public ArchiveAccessRequest Request(ParseResult parsed, VerbSession session) => new()
    {
        Passphrase = _passphrase.Read(parsed, session.Host),
        Key = _key.Read(parsed, session.Host),
        Recipients = parsed.GetValue(_recipient) ?? [],
        Unencrypted = _unencrypted is not null && parsed.GetValue(_unencrypted),
        Folder = session.Host.Folder,
    };

    public ArchiveKeys? Keys(ParseResult parsed, VerbSession session) => session.Access.ForReading(Request(parsed, session));
}
