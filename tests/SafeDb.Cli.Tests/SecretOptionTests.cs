using System.CommandLine;
using System.Net;
using System.Security;

using SafeDb.Cli.Hosting;
using SafeDb.Engines;
using SafeDb.Errors;

namespace SafeDb.Cli.Tests;

public sealed class SecretOptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-secret-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_secret_comes_from_a_variable() => Assert.Equal("s3cret ñ", Read(["--passphrase-env", "P"], ("P", "s3cret ñ")));

    [Theory]
    [InlineData("s3cret", "s3cret")]
    [InlineData("s3cret\n", "s3cret")]
    [InlineData("s3cret\r\n", "s3cret")]
    [InlineData("\uFEFFs3cret\n", "s3cret")]
    [InlineData(" s3cret \n\n", " s3cret \n")]
    public void A_secret_comes_from_a_file_without_its_last_line_break(string content, string secret)
    {
        File.WriteAllText(Path.Combine(_folder, "p.txt"), content);
        Assert.Equal(secret, Read(["--passphrase-file", "p.txt"]));
    }

    [Fact]
    public void Nothing_given_is_nothing() => Assert.Null(Read([]));

    [Fact]
    public void Bad_input_has_its_own_ids()
    {
        File.WriteAllText(Path.Combine(_folder, "empty.txt"), "\n");
        Assert.Equal("Cli.SecretVariableMissing", Assert.Throws<SafeDbException>(() => Read(["--passphrase-env", "NOPE"])).Id);
        Assert.Equal("Cli.SecretFileUnreadable", Assert.Throws<SafeDbException>(() => Read(["--passphrase-file", "nope.txt"])).Id);
        Assert.Equal("Cli.SecretFileEmpty", Assert.Throws<SafeDbException>(() => Read(["--passphrase-file", "empty.txt"])).Id);
        Assert.Equal("Cli.SecretTwice", Assert.Throws<SafeDbException>(() => Read(["--passphrase-file", "p.txt", "--passphrase-env", "P"])).Id);
    }

    private string? Read(string[] arguments, params (string Name, string Value)[] variables)
    {
        var option = new SecretOption("passphrase", "the passphrase");
        var command = new RootCommand { option.FromVariable, option.FromFile };
        var host = new CliHost
        {
            Out = TextWriter.Null, Error = TextWriter.Null, In = TextReader.Null, Folder = _folder,
            Variable = name => variables.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault(),
            Engine = new Lazy<SafeDbEngine>(Composition.Create),
        };
        using SecureString? secret = option.Read(command.Parse(arguments), host);
        return secret is null ? null : new NetworkCredential(string.Empty, secret).Password;
    }
}
