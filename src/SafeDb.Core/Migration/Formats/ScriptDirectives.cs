using System.Text.RegularExpressions;

namespace SafeDb.Migration.Formats;

/// <summary>What <c>-- safedb:…</c> lines of a script say about how to run it.</summary>
internal static partial class ScriptDirectives
{
    /// <summary>The documented manual way back: the lines <c>-- safedb:rollback …</c>, joined; null when there are none.</summary>
    public static string? ManualRollback(string text)
    {
        string[] lines = [.. RollbackLine().Matches(text).Select(match => match.Groups["text"].Value.Trim()).Where(line => line.Length > 0)];
        return lines.Length == 0 ? null : string.Join('\n', lines);
    }

    /// <summary>Whether the file says <c>-- safedb:no-transaction</c>.</summary>
    public static bool NoTransaction(string text) => NoTransactionLine().IsMatch(text);

    [GeneratedRegex(@"^[ \t]*--[ \t]*safedb:rollback[ \t:]+(?<text>[^\r\n]*)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex RollbackLine();

    [GeneratedRegex(@"^[ \t]*--[ \t]*safedb:no-transaction[ \t]*\r?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex NoTransactionLine();
}
