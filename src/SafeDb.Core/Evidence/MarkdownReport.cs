using System.Globalization;
using System.Text;

namespace SafeDb.Evidence;

/// <summary>A run's report in Markdown.</summary>
public static class MarkdownReport
{
    /// <summary>The report.</summary>
    public static string Of(MigrationRun run)
    {
        var text = new StringBuilder();
        void Line(string line = "") => text.Append(line).Append('\n');
        void Table(string header, IEnumerable<string[]> rows)
        {
            string[][] all = [.. rows];
            if (all.Length == 0)
            {
                return;
            }

            string[] columns = header.Split('|');
            Line($"| {string.Join(" | ", columns)} |");
            Line($"|{string.Concat(Enumerable.Repeat("---|", columns.Length))}");
            foreach (string[] row in all)
            {
                Line($"| {string.Join(" | ", row.Select(Escape))} |");
            }

            Line();
        }

        Line($"# Migration run {run.RunId}: {ReportFacts.Ended(run)}");
        Line();
        Table("What|Value", ReportFacts.Summary(run).Select(fact => new[] { fact.Name, fact.Value }));
        Line("## Checklist");
        Line();
        Table("Question|Answer", ReportFacts.Checklist(run).Select(item => new[] { item.Name, item.Value }));
        if (run.Migrations.Count > 0)
        {
            Line("## Statements");
            Line();
            Table(string.Join('|', ReportFacts.StatementHeader), ReportFacts.Statements(run.Migrations));
        }

        if (run.Rehearsal is { } rehearsal)
        {
            Line("## Rehearsal");
            Line();
            Table(string.Join('|', ReportFacts.StatementHeader), ReportFacts.Statements(rehearsal.Migrations));
            Table("Table|What became of its rows", rehearsal.DataChanges.Select(change => new[] { change.Table, Migration.Run.DataLossText.Parts(change) }));
            Table("Lost from|What", rehearsal.Losses.Select(change => new[] { change.Table, Migration.Run.DataLossText.Parts(change) }));
            Table("Lock on|Mode|From|Held", rehearsal.Locks.Select(held => new[] { held.Relation, held.Mode, ReportFacts.Time(held.From), ReportFacts.Time(held.Held) }));
        }

        Line("## Gates");
        Line();
        Table("Gate|Answer|Reason", run.Gates.Select(gate => new[] { gate.Id, gate.Say(), gate.Message }));
        Line("## Checks");
        Line();
        Table("Check|When|Holds|Result", run.Checks.Concat(run.Rehearsal?.Checks ?? []).Select(check => new[] { check.Name, check.When, check.Passed ? "yes" : "no", check.Message }));
        if (run.Probes.Count > 0)
        {
            Line("## Query probes");
            Line();
            Table("Query|Before|After|Plan", run.Probes.Select(ReportFacts.Probe));
        }

        Line("## Timeline");
        Line();
        Table("Time|Step|Where|What", run.Events.Select(line => new[]
        {
            line.At.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), line.Step, line.Rehearsal ? "copy" : "", line.Message,
        }));
        return text.ToString();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
