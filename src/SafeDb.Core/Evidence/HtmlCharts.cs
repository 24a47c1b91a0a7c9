using System.Globalization;
using System.Text;

using SafeDb.Migration.Run;

namespace SafeDb.Evidence;

/// <summary>The pictures of a report: inline SVG, in the report's own colours.</summary>
internal static class HtmlCharts
{
    private const int Width = 1000, Left = 340, Right = 90, Row = 22, Top = 26;
    private const int MostRows = 60;

    /// <summary>One bar for each phase of the run, from its begin to that of the next.</summary>
    public static string Phases(IReadOnlyList<RunEvent> events)
    {
        RunEvent[] begins = [.. events.Where(line => line.Step == RunLog.PhaseStep)];
        if (begins.Length == 0)
        {
            return "";
        }

        DateTimeOffset first = events[0].At;
        Bar[] bars = [.. begins.Select((line, i) => new Bar(line.Message, line.At - first, (i + 1 < begins.Length ? begins[i + 1].At : events[^1].At) - first, ""))];
        return Chart("Phases of the run", bars, "");
    }

    /// <summary>One row for each relation and mode, with a bar for every time it was held; what shuts everybody out is red.</summary>
    public static string Locks(IReadOnlyList<LockSpan> spans)
    {
        if (spans.Count == 0)
        {
            return "";
        }

        Bar[] bars = [.. spans.Select(span => new Bar($"{span.Relation} {span.Mode}", span.From, span.To, Strength(span.Mode)))];
        return Chart("Locks held over time, on the copy", bars, "Red shuts out readers too, blue shuts out writers, violet lets both go on. Times are upper bounds, seen from a second session.");
    }

    private static string Strength(string mode) => mode switch
    {
        "AccessExclusive" => "strong",
        "AccessShare" or "RowShare" or "RowExclusive" or "ShareUpdateExclusive" => "weak",
        _ => "",
    };

    private static string Chart(string title, Bar[] bars, string caption)
    {
        string[] names = [.. bars.Select(bar => bar.Name).Distinct(StringComparer.Ordinal)];
        string[] rows = [.. names.Take(MostRows)];
        TimeSpan end = bars.Max(bar => bar.To);
        double scale = (Width - Left - Right) / Math.Max(0.001, end.TotalMilliseconds);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<h2>{title}</h2><svg viewBox=\"0 0 {Width} {Top + (rows.Length * Row) + 8}\" role=\"img\" aria-label=\"{title}\">");
        for (int i = 0; i <= 4; i++)
        {
            double x = Left + ((Width - Left - Right) * i / 4.0);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x:0.0}\" x2=\"{x:0.0}\" y1=\"20\" y2=\"{Top + (rows.Length * Row)}\"/>")
                .Append(CultureInfo.InvariantCulture, $"<text class=\"muted\" x=\"{x:0.0}\" y=\"15\" text-anchor=\"{(i == 0 ? "start" : "middle")}\">{ReportFacts.Time(end * i / 4)}</text>");
        }

        for (int i = 0; i < rows.Length; i++)
        {
            Draw(svg, rows[i], Top + (i * Row), [.. bars.Where(bar => bar.Name == rows[i])], scale);
        }

        svg.Append("</svg>\n");
        string more = names.Length > rows.Length ? $" {names.Length - rows.Length} more are not drawn." : "";
        return caption.Length + more.Length == 0 ? svg.ToString() : svg.Append(CultureInfo.InvariantCulture, $"<p class=\"muted\">{caption}{more}</p>\n").ToString();
    }

    private static void Draw(StringBuilder svg, string name, int y, Bar[] bars, double scale)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"6\" y=\"{y + 15}\">{HtmlReport.Text(Short(name))}<title>{HtmlReport.Text(name)}</title></text>");
        foreach (Bar bar in bars)
        {
            double x = Left + (bar.From.TotalMilliseconds * scale);
            double width = Math.Max(2, (bar.To - bar.From).TotalMilliseconds * scale);
            string kind = bar.Kind.Length == 0 ? "" : $" class=\"{bar.Kind}\"";
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.0}\" y=\"{y + 4}\" width=\"{width:0.0}\" height=\"14\" rx=\"2\"{kind}><title>{HtmlReport.Text(name)}: {ReportFacts.Time(bar.To - bar.From)}</title></rect>");
        }

        TimeSpan whole = bars.Aggregate(TimeSpan.Zero, (sum, bar) => sum + (bar.To - bar.From));
        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"muted\" x=\"{Width - 6}\" y=\"{y + 15}\" text-anchor=\"end\">{ReportFacts.Time(whole)}</text>");
    }

    private static string Short(string name) => name.Length <= 48 ? name : string.Concat(name.AsSpan(0, 22), "…", name.AsSpan(name.Length - 25));

    private sealed record Bar(string Name, TimeSpan From, TimeSpan To, string Kind);
}
