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

    /// <summary>A text with its cmdlets and parameters named as the command line names them.</summary>
    public static string Of(string text) =>
        ParameterPattern().Replace(CmdletPattern().Replace(text, match => Verbs.TryGetValue(match.Value, out string? verb) ? $"'safedb {verb}'" : match.Value), match => Option(match.Groups["name"].Value));

    /// <summary>The same for an error.</summary>
    public static SafeDbError Of(SafeDbError error) => error with { Message = Of(error.Message), RecommendedAction = Of(error.RecommendedAction) };

    private static string Option(string parameter) => Options.TryGetValue(parameter, out string? option) ? option : "--" + WordPattern().Replace(parameter, "-$0").ToLowerInvariant();

    [GeneratedRegex(@"\b[A-Z][a-z]+-(SafeDb|SafeMigration|MigrationRisk)[A-Za-z]*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CmdletPattern();

    // A dash behind a letter or a dash belongs to a word; SQL comments and options of other tools have lower-case letters.
    [GeneratedRegex(@"(?<![\w\-/.])-(?<name>[A-Z][A-Za-z]+(:\$false)?)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ParameterPattern();

    [GeneratedRegex("(?<!^)[A-Z]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WordPattern();
}
