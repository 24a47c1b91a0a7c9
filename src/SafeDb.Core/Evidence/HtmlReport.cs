using System.Globalization;
using System.Net;
using System.Text;

using SafeDb.Migration;

namespace SafeDb.Evidence;

/// <summary>A run's report as one HTML file that needs nothing else: no script, no network, light and dark.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--fg:#1b1f24;--bg:#fff;--soft:#f3f4f6;--line:#d0d7de;--good:#1a7f37;--bad:#cf222e;--warn:#9a6700;--bar:#0969da}
        @media(prefers-color-scheme:dark){:root{--fg:#e6edf3;--bg:#0d1117;--soft:#161b22;--line:#30363d;--good:#3fb950;--bad:#f85149;--warn:#d29922;--bar:#58a6ff}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);max-width:70rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid var(--line)}
        table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
        th{background:var(--soft)}code,td.sql{font-family:ui-monospace,monospace;font-size:.85em}.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
        svg{width:100%;height:auto;background:var(--soft);border-radius:6px}svg text{fill:var(--fg);font:12px system-ui,sans-serif}svg rect{fill:var(--bar)}svg rect.strong{fill:var(--bad)}svg line{stroke:var(--line)}
        """;

    /// <summary>The report.</summary>
    public static string Of(MigrationRun run)
    {
        var html = new StringBuilder();
        string colour = run.Succeeded ? "good" : run.Outcome == MigrationOutcome.NeedsPerson ? "bad" : "warn";
        html.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append(CultureInfo.InvariantCulture, $"<title>Migration run {Text(run.RunId)}</title><style>{Style}</style></head><body>\n")
            .Append(CultureInfo.InvariantCulture, $"<h1>Migration of {Text(run.Database)}: <span class=\"{colour}\">{run.Outcome}</span></h1>\n");
        Table(html, "Summary", ["What", "Value"], ReportFacts.Summary(run).Select(fact => new[] { fact.Name, fact.Value }));
        Table(html, "Checklist", ["Question", "Answer"], ReportFacts.Checklist(run).Select(item => new[] { item.Name, item.Value }));
        Table(html, "Statements", ["Migration", "Direction", "Line", "Statement", "Rows", "Time"], ReportFacts.Statements(run.Migrations));
        if (run.Rehearsal is { } rehearsal)
        {
            Table(html, "Rehearsal on the restored copy", ["Migration", "Direction", "Line", "Statement", "Rows", "Time"], ReportFacts.Statements(rehearsal.Migrations));
            html.Append(LockChart(rehearsal));
            Table(html, "What became of existing rows", ["Table", "Change"], rehearsal.DataChanges.Select(change => new[] { change.Table, Migration.Run.DataLossText.Of(change) }));
        }

        Table(html, "Gates", ["Gate", "Answer", "Reason"], run.Gates.Select(gate => new[] { gate.Id, gate.Allowed ? "allowed" : gate.Passed ? "open" : "closed", gate.Message }));
        Table(html, "Checks", ["Check", "When", "Holds", "Result"], run.Checks.Select(check => new[] { check.Name, check.When, check.Passed ? "yes" : "no", check.Message }));
        Table(html, "Query probes", ["Query", "Before", "After"], run.Probes.Select(probe => new[] { probe.Query, ReportFacts.Time(probe.Before), ReportFacts.Time(probe.After) + (probe.Slower ? " (slower)" : "") }));
        Table(html, "Timeline", ["Time (UTC)", "Step", "What"], run.Events.Select(line =>
            new[] { line.At.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), line.Step, line.Migration is null ? line.Message : $"{line.Migration}: {line.Message}" }));
        return html.Append("</body></html>\n").ToString();
    }

    private static void Table(StringBuilder html, string title, string[] header, IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2><table><tr>{string.Concat(header.Select(cell => $"<th>{Text(cell)}</th>"))}</tr>\n");
        foreach (string[] row in all)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr>{string.Concat(row.Select((cell, i) => $"<td{(header[i] == "Statement" ? " class=\"sql\"" : "")}>{Text(cell)}</td>"))}</tr>\n");
        }

        html.Append("</table>\n");
    }

    /// <summary>One row per relation and mode, one bar from the statement that took the lock to the end of its migration.</summary>
    private static string LockChart(RehearsalReport rehearsal)
    {
        LockBar[] bars = [.. rehearsal.Migrations.SelectMany(LockBars)];
        if (bars.Length == 0)
        {
            return "";
        }

        const int Left = 330, Width = 1000, Row = 22, Top = 24;
        TimeSpan end = bars.Max(bar => bar.To);
        double scale = (Width - Left - 10) / Math.Max(1, end.TotalMilliseconds);
        string[] rows = [.. bars.Select(bar => bar.Name).Distinct(StringComparer.Ordinal)];
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<h2>Locks held over time</h2><svg viewBox=\"0 0 {Width} {Top + (rows.Length * Row) + 8}\" role=\"img\" aria-label=\"Locks held over time\">")
            .Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"15\">0</text><text x=\"{Width - 10}\" y=\"15\" text-anchor=\"end\">{Text(ReportFacts.Time(end))}</text>");
        for (int i = 0; i < rows.Length; i++)
        {
            int y = Top + (i * Row);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"0\" x2=\"{Width}\" y1=\"{y}\" y2=\"{y}\"/><text x=\"4\" y=\"{y + 15}\">{Text(rows[i])}</text>");
            foreach (LockBar bar in bars.Where(bar => bar.Name == rows[i]))
            {
                double x = Left + (bar.From.TotalMilliseconds * scale);
                double width = Math.Max(2, (bar.To - bar.From).TotalMilliseconds * scale);
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x:0.0}\" y=\"{y + 4}\" width=\"{width:0.0}\" height=\"14\" rx=\"2\"{(bar.Strong ? " class=\"strong\"" : "")}><title>{Text(bar.Name)}: {Text(ReportFacts.Time(bar.To - bar.From))}</title></rect>");
            }
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static IEnumerable<LockBar> LockBars(MigrationStep step)
    {
        StatementResult? last = step.Statements.Count == 0 ? null : step.Statements[^1];
        foreach (IGrouping<HeldLock, StatementResult> held in step.Statements.SelectMany(statement => statement.Locks.Select(taken => (taken, statement))).GroupBy(pair => pair.taken, pair => pair.statement))
        {
            yield return new LockBar($"{held.Key.Relation} {held.Key.Mode}", held.First().Offset, last!.Offset + last.Elapsed, held.Key.Mode.StartsWith("AccessExclusive", StringComparison.Ordinal));
        }
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private sealed record LockBar(string Name, TimeSpan From, TimeSpan To, bool Strong);
}
