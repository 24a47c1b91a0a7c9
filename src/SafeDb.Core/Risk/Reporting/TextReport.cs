using System.Globalization;
using System.Text;

using SafeDb.Sql;

namespace SafeDb.Risk.Reporting;

/// <summary>A readable text: each finding with its line and a caret. Colour is the front end's.</summary>
public sealed class TextReport : IRiskReportWriter
{
    private const int LongestLine = 160;

    /// <inheritdoc/>
    public string Name => "text";

    /// <inheritdoc/>
    public string Write(RiskReport report)
    {
        var text = new StringBuilder();
        string[] files = new string[report.Files.Count];
        PoolThreads.For(files.Length, i => files[i] = OfFile(report.Files[i]));
        foreach (string file in files)
        {
            text.Append(file);
        }

        RiskSummary summary = report.Summary;
        text.Append(CultureInfo.InvariantCulture, $"{Counted.Of(report.Files.Count, "file")}: {summary.Dangerous} dangerous, {summary.Risky} risky, {Counted.Of(summary.Safe, "safe statement")}");
        text.Append(summary.NotAnalysed == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {summary.NotAnalysed} not analysed"));
        int ofFiles = report.Files.Count(file => file.Findings.Any(finding => finding.AllowedBy is null && finding.Level > RiskLevel.Safe));
        text.Append(ofFiles == 0 ? ".\n" : $"; {Counted.Of(ofFiles, "file")} {Counted.Noun(ofFiles, "has", "have")} a finding about the whole of {Counted.Noun(ofFiles, "it", "them")}.\n");
        foreach (string stale in report.StaleBaseline)
        {
            text.Append(CultureInfo.InvariantCulture, $"The baseline names {stale}, which is not found any more.\n");
        }

        return text.ToString();
    }

    private static string OfFile(FileRisk file)
    {
        var text = new StringBuilder();
        foreach (FindingPlace item in FindingPlace.Of(file))
        {
            Append(text, item);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, FindingPlace item)
    {
        SqlLocation place = item.Place;
        string level = item.Finding.AllowedBy is null ? item.Finding.Level.ToString() : $"{item.Finding.Level}, allowed";
        text.Append(CultureInfo.InvariantCulture, $"{item.Path}:{place.Line}:{place.Column}: {level}: {item.Finding.Rule}\n");
        AppendLine(text, item, place);
        AppendIndented(text, item.Finding.Message);
        if (item.Finding.RowsAtRisk is { } rows)
        {
            AppendIndented(text, string.Create(CultureInfo.InvariantCulture, $"Rows at risk: {rows:N0}."));
        }

        AppendIndented(text, item.Finding.AllowedBy is { } reason ? $"Allowed: {reason}" : item.Finding.Advice);
        if (item.Finding is { SaferSql: { } safer, AllowedBy: null })
        {
            AppendIndented(text, "Safer:");
            foreach (string line in safer.Split('\n'))
            {
                text.Append("      ").Append(OneLine(line.TrimEnd())).Append('\n');
            }
        }

        text.Append("    See ").Append(RuleDocs.PathOf(item.Finding.Rule)).Append("\n\n");
    }

    // The line as it stands in the file, and a caret under the place. Tabs count as one column, so they are shown as one blank.
    private static void AppendLine(StringBuilder text, FindingPlace item, SqlLocation place)
    {
        if (item.File.Source is not { } source || item.Finding.Location is null && item.Statement is null)
        {
            return;
        }

        string line = source.LineText(place.Line);
        int from = place.Column - 1 > LongestLine / 2 ? place.Column - 1 - (LongestLine / 4) : 0;
        string shown = OneLine(line.Length - from > LongestLine ? string.Concat(line.AsSpan(from, LongestLine), "…") : line[Math.Min(from, line.Length)..]);
        string number = place.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        int width = place.EndLine == place.Line ? place.EndColumn - place.Column : line.Length - place.Column + 1;
        text.Append(number).Append(" | ").Append(shown).Append('\n');
        text.Append("      | ").Append(' ', Math.Max(0, place.Column - 1 - from)).Append('^').Append('~', Math.Clamp(width - 1, 0, Math.Max(0, shown.Length - (place.Column - from)))).Append('\n');
    }

    private static void AppendIndented(StringBuilder text, string line) => text.Append("    ").Append(OneLine(line)).Append('\n');

    // A migration's text must not be able to move the cursor, clear the screen or hide lines of a terminal.
    private static string OneLine(string text) => string.Create(text.Length, text, static (span, value) =>
    {
        for (int i = 0; i < value.Length; i++)
        {
            span[i] = char.IsControl(value[i]) || value[i] is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') ? ' ' : value[i];
        }
    });
}
