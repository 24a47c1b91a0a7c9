using System.Reflection;
using System.Text.RegularExpressions;

using SafeDb.Cli.Output;
using SafeDb.Errors;

namespace SafeDb.Cli.Tests;

/// <summary>Errors in the words of the command line.</summary>
public sealed class CommandLineWordsTests
{
    [Theory]
    [InlineData("Give -Passphrase, -Key or -Recipient, or say -Unencrypted.", "Give --passphrase-env or --passphrase-file, --key-env or --key-file or --recipient, or say --unencrypted.")]
    [InlineData("Finish it with Invoke-SafeMigration -Resume, or take it back with Undo-SafeMigration.", "Finish it with 'safedb migrate --resume', or take it back with 'safedb undo'.")]
    [InlineData("Finish it with Invoke-SafeMigration -Database app -Path /srv/m -Resume, or take it back with Undo-SafeMigration -Database app.", "Finish it with safedb migrate app /srv/m --resume, or take it back with safedb undo app.")]
    [InlineData("with Compare-SafeDbSchema -Database 'it''s -Path' -Reference '/srv/a -Key b.json', and", "with safedb drift 'it'\\''s -Path' --reference '/srv/a -Key b.json', and")]
    [InlineData("End it with Set-SafeDbMaintenance -State Off.", "End it with safedb maintenance --state Off.")]
    [InlineData("only Undo-SafeMigration can finish that", "only 'safedb undo' can finish that")]
    [InlineData("Add -Confirm:$false once you are sure.", "Add --yes once you are sure.")]
    [InlineData("it was taken with -SchemaOnly or -DataOnly", "it was taken with --schema-only or --data-only")]
    [InlineData("'-- Up Migration' and --passphrase-env in /srv/x-Y/a-B.db, code -1", "'-- Up Migration' and --passphrase-env in /srv/x-Y/a-B.db, code -1")]
    public void Parameters_become_options_and_cmdlets_verbs(string text, string expected) => Assert.Equal(expected, CommandLineWords.Of(text));

    [Fact]
    public void No_error_of_the_catalogue_speaks_of_cmdlets_on_the_command_line()
    {
        string[] assemblies = ["SafeDb.Core", "SafeDb.Sqlite", "SafeDb.PostgreSql", "SafeDb.SqlServer", "SafeDb.AzureStorage", "safedb"];
        ErrorDefinition[] all = [.. assemblies.SelectMany(name => ErrorCatalog.Of(Assembly.Load(name)))];
        Assert.NotEmpty(all);
        foreach (ErrorDefinition error in all)
        {
            string shown = CommandLineWords.Of(error.MessageFormat + " " + error.RecommendedAction);
            Assert.False(Regex.IsMatch(shown, @"\s-[A-Z][a-z]+|\b[A-Z][a-z]+-(SafeDb|SafeMigration|MigrationRisk)"), $"{error.Id}: {shown}");
        }
    }
}
