using System.Globalization;
using System.Text;

namespace SafeDb.Risk.Reporting;

/// <summary>Markdown for a pull request or a job summary.</summary>
public sealed class MarkdownReport : IRiskReportWriter
{
    /// <inheritdoc/>
    public string Name => "markdown";

    /// <inheritdoc/>
    public string Write(RiskReport report)
    {
        var text = new StringBuilder("## Migration risk\n\n");
        RiskSummary summary = report.Summary;
        text.Append(CultureInfo.InvariantCulture, $"**{report.Level}**: {summary.Dangerous} dangerous, {summary.Risky} risky, {Counted.Of(summary.Safe, "safe statement")} in {Counted.Of(report.Files.Count, "file")}");
        text.Append(summary.NotAnalysed == 0 ? ".\n" : string.Create(CultureInfo.InvariantCulture, $", {summary.NotAnalysed} not analysed.\n"));
        foreach (FileRisk file in report.Files.Where(file => file.AllFindings.Any()))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {Escape(FindingPlace.PathOf(file))}\n\n| Line | Level | Rule | What happens | Instead |\n|---:|---|---|---|---|\n");
            foreach (FindingPlace item in FindingPlace.Of(file))
            {
                AppendRow(text, item);
            }

            foreach (FindingPlace item in FindingPlace.Of(file).Where(item => item.Finding is { SaferSql: not null, AllowedBy: null }))
            {
                AppendSafer(text, item);
            }
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, FindingPlace item)
    {
        RiskFinding finding = item.Finding;
        string rows = finding.RowsAtRisk is { } count ? string.Create(CultureInfo.InvariantCulture, $" Rows at risk: {count:N0}.") : "";
        string level = finding.AllowedBy is null ? $"**{finding.Level}**" : $"{finding.Level} (allowed)";
        text.Append(CultureInfo.InvariantCulture,
            $"| {item.Place.Line} | {level} | `{finding.Rule}` | {Escape(finding.Message + rows)} | {Escape(finding.AllowedBy is { } reason ? $"Allowed: {reason}" : finding.Advice)} |\n");
    }

    private static void AppendSafer(StringBuilder text, FindingPlace item)
    {
        // A fence longer than any run of backticks in the SQL cannot be closed by it.
        string fence = new('`', Math.Max(3, LongestRun(item.Finding.SaferSql!) + 1));
        text.Append(CultureInfo.InvariantCulture, $"\n<details><summary>Line {item.Place.Line}: safer than <code>{item.Finding.Rule}</code></summary>\n\n{fence}sql\n{Printable(item.Finding.SaferSql!)}\n{fence}\n\n</details>\n");
    }

    private static string Printable(string sql) => new([.. sql.ReplaceLineEndings("\n").Where(letter => !char.IsControl(letter) || letter is '\n' or '\t')]);

    private static int LongestRun(string text)
    {
        int longest = 0;
        int current = 0;
        foreach (char letter in text)
        {
            current = letter == '`' ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }

        return longest;
    }

    // Table cells: no line ends, no markup, no links and no mentions from the migration's text.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '\r' or '\n' or '\t' => escaped.Append(' '),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '@' => escaped.Append("&#64;"),
                '|' or '`' or '*' or '_' or '[' or ']' or '\\' or '#' or '~' => escaped.Append('\\').Append(letter),
                _ => char.IsControl(letter) ? escaped : escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }
}
