using System.CommandLine;
using System.CommandLine.Parsing;

using SafeDb.Cli.Hosting;
using SafeDb.Errors;

namespace SafeDb.Cli.Tests;

public sealed class CommandLineTests
{
    private static readonly string[] SecretWords = ["password", "passphrase", "key", "secret", "token"];

    [Theory]
    [InlineData("nonsense")]
    [InlineData("schema --nonsense")]
    [InlineData("drift sqlite:x.db")]
    [InlineData("schema --output yaml")]
    public async Task A_wrong_command_line_ends_with_2_and_says_so_on_standard_error(string line)
    {
        CliRun run = await CliRun.Of(line.Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("error Cli.Usage: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Out);
    }

    [Theory]
    [InlineData("bakcup shp", "There is no command 'bakcup' (did you mean 'backup'?).")]
    [InlineData("xyzzy shp", "There is no command 'xyzzy'.")]
    [InlineData("backup --destinaton x --incude-table y", "There is no option '--destinaton' (did you mean '--destination'?), nor '--incude-table' (did you mean '--include-table'?) for 'backup'.")]
    [InlineData("backup shop --pasphrase=hunter2", "There is no option '--pasphrase' for 'backup'.")]
    [InlineData("backup shop --passphrse-env hunter2", "There is no option '--passphrse-env' (did you mean '--passphrase-env'?) for 'backup'.")]
    [InlineData("backups a b c", "'backups' takes no more words: 'b', 'c' are too many.")]
    public async Task What_is_misspelt_is_said_once_with_what_was_meant_and_without_what_followed_it(string line, string expected)
    {
        CliRun run = await CliRun.Of(line.Split(' '));
        Assert.Equal(2, run.ExitCode);
        Assert.Equal($"error Cli.Usage: {expected}", run.Error.Split('\n')[0].TrimEnd('\r'));
        Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_an_error_is_one_document_on_standard_output()
    {
        CliRun run = await CliRun.Of(["schema", "gibberish", "--output", "json"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("Address.NotUnderstood", run.Json.GetProperty("error").GetProperty("id").GetString());
        Assert.NotEmpty(run.Json.GetProperty("error").GetProperty("recommendedAction").GetString()!);
    }

    [Fact]
    public async Task Without_a_verb_it_shows_help_and_ends_with_2()
    {
        CliRun run = await CliRun.Of([]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("schema", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_every_verb_ends_with_0()
    {
        foreach (Command verb in Root().Subcommands)
        {
            CliRun run = await CliRun.Of([verb.Name, "--help"]);
            Assert.Equal(0, run.ExitCode);
            Assert.Contains(verb.Description!, run.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_verb_argument_and_option_is_described()
    {
        Assert.All(Root().Subcommands, verb =>
        {
            Assert.NotEmpty(verb.Description!);
            Assert.All(verb.Options, option => Assert.True(option.Description?.Length > 10, $"{verb.Name} {option.Name}"));
            Assert.All(verb.Arguments, argument => Assert.True(argument.Description?.Length > 10, $"{verb.Name} {argument.Name}"));
        });
    }

    [Fact]
    public void No_option_takes_a_secret_itself() =>
        Assert.All(
            Root().Subcommands.SelectMany(verb => verb.Options).Where(option => SecretWords.Any(word => option.Name.Contains(word, StringComparison.Ordinal))),
            option => Assert.True(option.Name.EndsWith("-env", StringComparison.Ordinal) || option.Name.EndsWith("-file", StringComparison.Ordinal), option.Name));

    [Fact]
    public void Names_are_in_kebab_case() =>
        Assert.All(Root().Subcommands.SelectMany(verb => verb.Options), option => Assert.Matches("^--[a-z]+(-[a-z]+)*$", option.Name));

    [Theory]
    [InlineData(ErrorKind.InvalidInput, 2)]
    [InlineData(ErrorKind.InvalidContent, 1)]
    [InlineData(ErrorKind.GateClosed, 3)]
    [InlineData(ErrorKind.RolledBack, 4)]
    [InlineData(ErrorKind.NeedsPerson, 5)]
    [InlineData(ErrorKind.Cancelled, 130)]
    [InlineData(ErrorKind.NotFound, 1)]
    [InlineData(ErrorKind.Corrupt, 1)]
    [InlineData(ErrorKind.Bug, 1)]
    public void Kinds_of_errors_have_their_exit_codes(ErrorKind kind, int code) => Assert.Equal(code, ExitCodes.Of(kind));

    [Fact]
    public void No_kind_of_error_ends_with_success() => Assert.All(Enum.GetValues<ErrorKind>(), kind => Assert.NotEqual(0, ExitCodes.Of(kind)));

    [Fact]
    public async Task A_missing_configuration_file_is_told_by_its_id()
    {
        CliRun run = await CliRun.Of(["schema", "sqlite:x.db", "--config-path", "no-such-file.json"]);
        Assert.Contains("Config.NotFound", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    private static RootCommand Root()
    {
        var options = new GlobalOptions();
        return SafeDbApp.Root(options, new VerbRunner(null!, options));
    }
}
