using System.Text.RegularExpressions;

using SafeDb.Errors;

namespace SafeDb.Cli.Output;

/// <summary>
/// Errors name what to do in the words of PowerShell, the front end that most people use; here they become the words of the command line: cmdlets verbs, parameters options. The one place
/// that does so. JSON documents hold the translated texts too.
/// </summary>
internal static partial class CommandLineWords
{
    private static readonly Dictionary<string, string> Verbs = new(StringComparer.Ordinal)
    {
        ["Backup-SafeDb"] = "backup",
        ["Get-SafeDbBackup"] = "backups",
        ["Test-SafeDbBackup"] = "test",
        ["Restore-SafeDb"] = "restore",
        ["Remove-SafeDbBackup"] = "prune",
        ["Copy-SafeDbBackup"] = "copy",
        ["Get-MigrationRisk"] = "risk",
        ["New-SafeMigration"] = "new",
        ["Get-SafeMigration"] = "status",
        ["Invoke-SafeMigration"] = "migrate",
        ["Undo-SafeMigration"] = "undo",
        ["Get-SafeDbSchema"] = "schema",
        ["Compare-SafeDbSchema"] = "drift",
        ["Test-SafeDbIntegrity"] = "check",
        ["Test-SafeDbReadiness"] = "ready",
        ["Register-SafeDbSchedule"] = "schedule",
        ["Get-SafeDbSchedule"] = "schedules",
        ["Unregister-SafeDbSchedule"] = "unschedule",
        ["Set-SafeDbMaintenance"] = "maintenance",
        ["Invoke-SafeDbRebuild"] = "rebuild",
    };

    // Options that are not simply the parameter in kebab-case.
    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["Passphrase"] = "--passphrase-env or --passphrase-file",
        ["Key"] = "--key-env or --key-file",
        ["Confirm:$false"] = "--yes",
        ["Backup"] = "the archive",
        ["Database"] = "the database",
        ["Path"] = "the folder of migrations",
    };

    // They say by their place what they are.
    private static readonly HashSet<string> Positional = new(["Database", "Path"], StringComparer.Ordinal);

    /// <summary>A text with its cmdlets and parameters named as the command line names them.</summary>
    public static string Of(string text) => WordsPattern().Replace(text, match =>
        !match.Groups["cmdlet"].Success ? Option(match.Groups["name"].Value)
        : Verbs.TryGetValue(match.Groups["cmdlet"].Value, out string? verb) ? Command(verb, match.Groups["arguments"].Value)
        : match.Value);

    /// <summary>The same for an error.</summary>
    public static SafeDbError Of(SafeDbError error) => error with { Message = Of(error.Message), RecommendedAction = Of(error.RecommendedAction) };

    /// <summary>A command as it can be copied: whole. Quotes around it tell it from the sentence, unless values of it may have quotes of their own.</summary>
    private static string Command(string verb, string arguments)
    {
        bool valued = false;
        string rest = ArgumentPattern().Replace(arguments, match =>
        {
            string name = match.Groups["name"].Value;
            string value = match.Groups["value"].Value;
            valued |= value.Length > 0;
            return value.Length == 0 ? " " + Option(name) : (Positional.Contains(name) ? " " : $" {Option(name)} ") + Quoted(value);
        });
        return valued ? $"safedb {verb}{rest}" : $"'safedb {verb}{rest}'";
    }

    // PowerShell doubles a quote within quotes; other shells end the text for it.
    private static string Quoted(string value) =>
        value[0] == '\'' && !OperatingSystem.IsWindows() ? $"'{value[1..^1].Replace("''", "'\\''", StringComparison.Ordinal)}'" : value;

    private static string Option(string parameter) => Options.TryGetValue(parameter, out string? option) ? option : "--" + WordPattern().Replace(parameter, "-$0").ToLowerInvariant();

    // A dash behind a letter or a dash belongs to a word; SQL comments and options of other tools have lower-case letters. Only these parameters have a value in advice.
    [GeneratedRegex(
        @"(?<cmdlet>\b[A-Z][a-z]+-(SafeDb|SafeMigration|MigrationRisk)[A-Za-z]*)(?<arguments>( -(Database|Path|Reference|State) ('([^']|'')*'|[^\s,;]+)| -[A-Z][A-Za-z]+(:\$false)?)*)|(?<![\w\-/.])-(?<name>[A-Z][A-Za-z]+(:\$false)?)\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordsPattern();

    [GeneratedRegex(@" -(?<name>[A-Z][A-Za-z]+(:\$false)?)( (?<value>'([^']|'')*'|[^\s\-]\S*))?", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ArgumentPattern();

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordPattern();
}
