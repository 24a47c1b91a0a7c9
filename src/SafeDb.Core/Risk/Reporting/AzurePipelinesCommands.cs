using System.Globalization;
using System.Text;

namespace SafeDb.Risk.Reporting;

/// <summary>Logging commands of Azure Pipelines: an issue for each open finding above Safe.</summary>
public sealed class AzurePipelinesCommands : IRiskReportWriter
{
    /// <inheritdoc/>
    public string Name => "azure";

    /// <inheritdoc/>
    public string Write(RiskReport report)
    {
        var text = new StringBuilder();

        // Azure Pipelines knows errors and warnings only; notes would turn every run yellow.
        foreach (FindingPlace item in FindingPlace.Of(report).Where(item => item.Finding is { AllowedBy: null, Level: > RiskLevel.Safe }))
        {
            string type = item.Finding.Level == RiskLevel.Dangerous ? "error" : "warning";
            text.Append(CultureInfo.InvariantCulture,
                $"##vso[task.logissue type={type};sourcepath={Property(item.Path)};linenumber={item.Place.Line};columnnumber={item.Place.Column};code={Property(item.Finding.Rule)};]{Data($"{item.Finding.Message} {item.Finding.Advice}")}\n");
        }

        return text.ToString();
    }

    // Escapes that the agent decodes, and a zero-width blank in what looks like a command of its own: agents have been seen to find commands in the middle of lines.
    private static string Data(string text) => new string([.. text.Where(letter => !char.IsControl(letter) || letter is '\r' or '\n' or '\t')])
        .Replace("%", "%AZP25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal)
        .Replace("##vso[", "#\u200b#vso[", StringComparison.OrdinalIgnoreCase).Replace("##[", "#\u200b#[", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(";", "%3B", StringComparison.Ordinal).Replace("]", "%5D", StringComparison.Ordinal);
}
