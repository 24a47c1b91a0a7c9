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
            string[] columns = header.Split('|');
            Line($"| {string.Join(" | ", columns)} |");
            Line($"|{string.Concat(Enumerable.Repeat("---|", columns.Length))}");
            foreach (string[] row in rows)
            {
                Line($"| {string.Join(" | ", row.Select(Escape))} |");
            }

            Line();
        }

        Line($"# Migration run {run.RunId}: {run.Outcome}");
        Line();
        Table("What|Value", ReportFacts.Summary(run).Select(fact => new[] { fact.Name, fact.Value }));
        Line("## Checklist");
        Line();
        Table("Question|Answer", ReportFacts.Checklist(run).Select(item => new[] { item.Name, item.Value }));
        if (run.Migrations.Count > 0)
        {
            Line("## Statements");
            Line();
            Table("Migration|Direction|Line|Statement|Rows|Time", ReportFacts.Statements(run.Migrations));
        }

        if (run.Rehearsal is { } rehearsal)
        {
            Line("## Rehearsal");
            Line();
            Table("Migration|Direction|Line|Statement|Rows|Time", ReportFacts.Statements(rehearsal.Migrations));
            Table("Table|What became of its rows", rehearsal.DataChanges.Select(change => new[] { change.Table, Migration.Run.DataLossText.Of(change) }));
        }

        Line("## Gates");
        Line();
        Table("Gate|Answer|Reason", run.Gates.Select(gate => new[] { gate.Id, gate.Allowed ? "allowed" : gate.Passed ? "open" : "closed", gate.Message }));
        Line("## Checks");
        Line();
        Table("Check|When|Holds|Result", run.Checks.Select(check => new[] { check.Name, check.When, check.Passed ? "yes" : "no", check.Message }));
        Line("## Timeline");
        Line();
        Table("Time|Step|What", run.Events.Select(line => new[] { line.At.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture), line.Step, line.Message }));
        return text.ToString();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace("\r", "", StringComparison.Ordinal).Replace("\n", " ", StringComparison.Ordinal);
}
