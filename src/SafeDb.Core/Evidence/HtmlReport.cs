using System.Globalization;
using System.Net;
using System.Text;

using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

namespace SafeDb.Evidence;

/// <summary>A run's report as one HTML file that needs nothing else: no script, no network, light and dark.</summary>
public static class HtmlReport
{
    private const string Style = """
        :root{color-scheme:light dark;--fg:#1b1f24;--muted:#59636e;--bg:#fff;--soft:#f6f8fa;--line:#d0d7de;--good:#1a7f37;--bad:#cf222e;--warn:#9a6700;--bar:#0969da;--bar2:#8250df}
        @media(prefers-color-scheme:dark){:root{--fg:#e6edf3;--muted:#9198a1;--bg:#0d1117;--soft:#161b22;--line:#30363d;--good:#3fb950;--bad:#f85149;--warn:#d29922;--bar:#388bfd;--bar2:#a371f7}}
        *{box-sizing:border-box}body{font:15px/1.5 system-ui,"Segoe UI",sans-serif;color:var(--fg);background:var(--bg);max-width:72rem;margin:2rem auto;padding:0 1rem}
        h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin:2rem 0 .4rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}p{margin:.3rem 0}
        table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
        th{background:var(--soft);white-space:nowrap}td:first-child{white-space:nowrap}td.num,th.num{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        td.mono{font-family:ui-monospace,monospace;font-size:.86em}.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}.muted{color:var(--muted)}
        .say{border-left:4px solid var(--line);background:var(--soft);padding:.6rem .9rem;margin:.8rem 0;border-radius:0 6px 6px 0}.say.bad{border-color:var(--bad)}.say.warn{border-color:var(--warn)}
        .say b,.say p{color:var(--fg)}svg{display:block;width:100%;height:auto;background:var(--soft);border-radius:6px;margin:.5rem 0}svg text{fill:var(--fg);font:12px system-ui,sans-serif}
        svg text.muted{fill:var(--muted)}svg rect{fill:var(--bar)}svg rect.strong{fill:var(--bad)}svg rect.weak{fill:var(--bar2);opacity:.75}svg line{stroke:var(--line)}
        details summary{cursor:pointer;margin:.5rem 0}@media print{body{max-width:none}}
        """;

    /// <summary>The report.</summary>
    public static string Of(MigrationRun run)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append(CultureInfo.InvariantCulture, $"<title>Migration run {Text(run.RunId)}</title><style>{Style}</style></head><body>\n")
            .Append(CultureInfo.InvariantCulture, $"<h1>Migration of {Text(run.Database)}: <span class=\"{Colour(run)}\">{Text(ReportFacts.Ended(run))}</span></h1>\n<p class=\"muted\">Run {Text(run.RunId)}</p>\n");
        Said(html, run);
        Table(html, "Summary", ["What", "Value"], ReportFacts.Summary(run).Select(fact => new Cell[] { fact.Name, fact.Value }));
        html.Append(HtmlCharts.Phases(run.Events));
        Table(html, "Checklist", ["Question", "Answer"], ReportFacts.Checklist(run).Select(item => new Cell[] { item.Name, item.Value }));
        Table(html, "Gates", ["Gate", "Answer", "Reason"], run.Gates.Select(gate => new Cell[] { gate.Id, new(gate.Say(), ColourOf(gate.Answer)), gate.Message }));
        Statements(html, "Statements", run.Migrations);
        Rehearsal(html, run.Rehearsal);
        Table(html, "Checks", ["Check", "When", "Holds", "Result"], run.Checks.Concat(run.Rehearsal?.Checks ?? []).Select(check =>
            new Cell[] { check.Name, check.When, new(check.Passed ? "yes" : "no", check.Passed ? "good" : "bad"), check.Message }));
        Table(html, "Query probes", ["Query", "Before", "After", "Plan"], run.Probes.Select(ReportFacts.Probe).Select(row => row.Select(cell => (Cell)cell).ToArray()));
        Events(html, run);
        return html.Append("</body></html>\n").ToString();
    }

    internal static string Text(string text) => WebUtility.HtmlEncode(text);

    private static void Said(StringBuilder html, MigrationRun run)
    {
        if (run.Error is { } error)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"say bad\"><p><b>{Text(error.Id)}</b>: {Text(error.Message)}</p><p>{Text(error.RecommendedAction)}</p></div>\n");
        }

        foreach (string warning in run.Warnings)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"say warn\"><p>{Text(warning)}</p></div>\n");
        }
    }

    private static void Rehearsal(StringBuilder html, RehearsalReport? rehearsal)
    {
        if (rehearsal is null)
        {
            return;
        }

        Statements(html, "Rehearsal on the restored copy", rehearsal.Migrations);
        html.Append(HtmlCharts.Locks(rehearsal.Locks));
        Table(html, "What became of existing rows", ["Table", "Change"], rehearsal.DataChanges.Select(change => new Cell[] { change.Table, DataLossText.Parts(change) }));
        Table(html, "What was lost", ["Table", "Loss"], rehearsal.Losses.Select(change => new Cell[] { change.Table, new(DataLossText.Parts(change), "bad") }));
        Table(html, "What the way back did not restore", ["Difference"], rehearsal.DownDifferences.Select(difference => new Cell[] { difference }));
    }

    private static void Statements(StringBuilder html, string title, IReadOnlyList<MigrationStep> steps) =>
        Table(html, title, ReportFacts.StatementHeader, ReportFacts.Statements(steps).Select(row => row.Select(cell => (Cell)cell).ToArray()));

    private static void Events(StringBuilder html, MigrationRun run)
    {
        html.Append("<h2>Timeline</h2><details><summary>Every event</summary>");
        Table(html, null, ["Time (UTC)", "Step", "Where", "What"], run.Events.Select(line => new Cell[]
        {
            line.At.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), line.Step, line.Rehearsal ? "copy" : "", line.Migration is null ? line.Message : $"{line.Migration}: {line.Message}",
        }));
        html.Append("</details>\n");
    }

    private static void Table(StringBuilder html, string? title, string[] header, IEnumerable<Cell[]> rows)
    {
        Cell[][] all = [.. rows];
        if (all.Length == 0)
        {
            return;
        }

        if (title is not null)
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2>");
        }

        string Class(string column, string? own)
        {
            string kind = column switch { "Rows" or "Time" or "Line" or "Log" => "num", "Statement" or "Query" or "Plan" => "mono", _ => "" };
            string both = $"{kind} {own}".Trim();
            return both.Length == 0 ? "" : $" class=\"{both}\"";
        }

        html.Append(CultureInfo.InvariantCulture, $"<table><tr>{string.Concat(header.Select(cell => $"<th{Class(cell == "Statement" ? "" : cell, null)}>{Text(cell)}</th>"))}</tr>\n");
        foreach (Cell[] row in all)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr>{string.Concat(row.Select((cell, i) => $"<td{Class(header[i], cell.Colour)}>{Text(cell.Value)}</td>"))}</tr>\n");
        }

        html.Append("</table>\n");
    }

    private static string Colour(MigrationRun run) => run.Succeeded ? "good" : run.Outcome == MigrationOutcome.NeedsPerson ? "bad" : "warn";

    private static string ColourOf(GateAnswer answer) => answer switch
    {
        GateAnswer.Open => "good",
        GateAnswer.Closed => "bad",
        GateAnswer.Allowed => "warn",
        _ => "muted",
    };

    private readonly record struct Cell(string Value, string? Colour = null)
    {
        public static implicit operator Cell(string value) => new(value);
    }
}
