using System.CommandLine;
using System.Security;
using System.Security.Cryptography;
using System.Text;

using SafeDb.Errors;

namespace SafeDb.Cli.Hosting;

/// <summary>
/// A secret of the command line: the name of an environment variable or of a file, never the secret itself, because other users can read a process's arguments.
/// </summary>
internal sealed class SecretOption
{
    private readonly string _name;

    public SecretOption(string name, string what)
    {
        _name = name;
        FromVariable = new Option<string?>($"--{name}-env") { Description = $"Environment variable that holds {what}.", HelpName = "NAME" };
        FromFile = new Option<string?>($"--{name}-file") { Description = $"File that holds {what}.", HelpName = "PATH" };
    }

    public Option<string?> FromVariable { get; }

    public Option<string?> FromFile { get; }

    /// <summary>The secret, or null when it was not given.</summary>
    public SecureString? Read(ParseResult parsed, CliHost host)
    {
        string? variable = parsed.GetValue(FromVariable);
        string? file = parsed.GetValue(FromFile);
        return (variable, file) switch
        {
            (null, null) => null,
            (not null, not null) => throw CliErrors.SecretTwice.Exception(FromVariable.Name, FromFile.Name),
            (not null, _) => host.Variable(variable) is { Length: > 0 } value
                ? Secure(value)
                : throw CliErrors.SecretVariableMissing.Exception(variable, FromVariable.Name),
            _ => ReadFile(Path.GetFullPath(file!, host.Folder)),
        };
    }

    private SecureString ReadFile(string path)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw CliErrors.SecretFileUnreadable.Caused(problem, path, $"--{_name}-file", problem.Message);
        }

        ReadOnlySpan<byte> secret = content;
        secret = secret.StartsWith(Encoding.UTF8.Preamble) ? secret[Encoding.UTF8.Preamble.Length..] : secret;
        secret = secret.EndsWith("\n"u8) ? secret[..^1] : secret;
        secret = secret.EndsWith("\r"u8) ? secret[..^1] : secret;
        char[] text = new char[Encoding.UTF8.GetCharCount(secret)];
        Encoding.UTF8.GetChars(secret, text);
        CryptographicOperations.ZeroMemory(content);
        try
        {
            return text.Length > 0 ? Secure(text) : throw CliErrors.SecretFileEmpty.Exception(path, $"--{_name}-file");
        }
        finally
        {
            Array.Clear(text);
        }
    }

    private static SecureString Secure(ReadOnlySpan<char> text)
    {
        var secret = new SecureString();
        foreach (char c in text)
        {
            secret.AppendChar(c);
        }

        secret.MakeReadOnly();
        return secret;
    }
}
