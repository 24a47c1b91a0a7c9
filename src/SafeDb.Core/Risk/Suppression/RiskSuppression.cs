using System.Globalization;

namespace SafeDb.Risk.Suppression;

/// <summary>
/// An accepted danger in a file: <c>-- safedb:allow rule[, rule] reason [until yyyy-mm-dd]</c> for the statement it belongs to, <c>-- safedb:allow-file …</c> for the whole file.
/// </summary>
/// <param name="Rules">Rule ids.</param>
/// <param name="Reason">Why it is accepted; empty when none was given.</param>
/// <param name="Until">Last day on which it holds, or null for ever.</param>
/// <param name="Directive">The comment.</param>
public sealed record RiskSuppression(IReadOnlyList<string> Rules, string Reason, DateOnly? Until, RiskDirective Directive)
{
    /// <summary>Whether it is for the whole file.</summary>
    public bool WholeFile => Directive.Name == "allow-file";

    /// <summary>What is wrong with the text, or null.</summary>
    public string? Problem { get; init; }

    /// <summary>Reads a directive; null when it is no suppression.</summary>
    public static RiskSuppression? Parse(RiskDirective directive)
    {
        if (directive.Name is not ("allow" or "allow-file"))
        {
            return null;
        }

        string rest = directive.Argument;
        var rules = new List<string>();
        bool more = true;
        while (more && rest.Length > 0)
        {
            int end = rest.AsSpan().IndexOfAny(" ,\t\r\n");
            string rule = (end < 0 ? rest : rest[..end]).TrimEnd(':');
            rest = (end < 0 ? "" : rest[end..]).TrimStart();
            more = rest.StartsWith(',');
            rest = more ? rest[1..].TrimStart() : rest;
            rules.Add(rule);
        }

        (string reason, DateOnly? until, string? problem) = ReadUntil(rest);
        return new RiskSuppression(rules, reason.Trim(' ', '-', ':', '(', ')', '.', ','), until, directive)
        {
            Problem = rules.Count == 0 ? "It names no rule." : problem,
        };
    }

    private static (string Reason, DateOnly? Until, string? Problem) ReadUntil(string text)
    {
        int at = text.LastIndexOf("until ", StringComparison.OrdinalIgnoreCase);
        if (at < 0 || (at > 0 && char.IsLetterOrDigit(text[at - 1])))
        {
            return (text, null, null);
        }

        string date = text[(at + 6)..].Trim().TrimEnd(')', ']', '.');
        if (DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly until))
        {
            return (text[..at], until, null);
        }

        // "until the table is empty" is prose; "until 2026-13-01" is a slip that would make the suppression hold for ever.
        return date.Length > 0 && char.IsAsciiDigit(date[0])
            ? (text[..at], null, $"\"{date}\" is no date; write yyyy-mm-dd.")
            : (text, null, null);
    }
}
