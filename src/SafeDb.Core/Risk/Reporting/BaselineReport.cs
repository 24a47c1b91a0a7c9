namespace SafeDb.Risk.Reporting;

/// <summary>The open findings as a baseline file: what an old folder is known for, so that only new findings stop anything.</summary>
public sealed class BaselineReport : IRiskReportWriter
{
    /// <inheritdoc/>
    public string Name => "baseline";

    /// <inheritdoc/>
    public string Write(RiskReport report) => RiskBaseline.Write(report);
}
