namespace SafeDb.Risk.Reporting;

/// <summary>Turns a report into text. A pure function: no colour, no clock, no file.</summary>
public interface IRiskReportWriter
{
    /// <summary>Name for <c>--format</c>, such as <c>sarif</c>.</summary>
    string Name { get; }

    /// <summary>The whole text.</summary>
    string Write(RiskReport report);
}

/// <summary>The report formats. The one list of them.</summary>
public static class RiskReportWriters
{
    /// <summary>All of them, ordered by name.</summary>
    public static IReadOnlyList<IRiskReportWriter> All { get; } =
        [new AzurePipelinesCommands(), new BaselineReport(), new GitHubAnnotations(), new JsonReport(), new JUnitReport(), new MarkdownReport(), new SarifReport(), new TextReport()];

    /// <summary>The writer of a name.</summary>
    public static IRiskReportWriter Get(string name) => All.FirstOrDefault(writer => writer.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw RiskErrors.UnknownFormat.Exception(name, string.Join(", ", All.Select(writer => writer.Name)));
}
