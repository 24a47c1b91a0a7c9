using System.Globalization;
using System.Text;

namespace SafeDb.Risk.Reporting;

/// <summary>Workflow commands of GitHub Actions: an annotation for each open finding.</summary>
public sealed class GitHubAnnotations : IRiskReportWriter
{
    /// <inheritdoc/>
    public string Name => "github";

    /// <inheritdoc/>
    public string Write(RiskReport report)
    {
        var text = new StringBuilder();
        foreach (FindingPlace item in FindingPlace.Of(report).Where(item => item.Finding.AllowedBy is null))
        {
            string command = item.Finding.Level switch { RiskLevel.Dangerous => "error", RiskLevel.Risky => "warning", _ => "notice" };
            text.Append(CultureInfo.InvariantCulture,
                $"::{command} file={Property(item.Path)},line={item.Place.Line},endLine={item.Place.EndLine},col={item.Place.Column},title={Property($"{item.Finding.Level}: {item.Finding.Rule}")}::{Data($"{item.Finding.Message} {item.Finding.Advice}")}\n");
        }

        return text.ToString();
    }

    // The runner decodes exactly these; a message can then neither end the command nor begin another on a line of its own.
    private static string Data(string text) => Printable(text).Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal)
        .Replace("::", ":\u200b:", StringComparison.Ordinal).Replace("##", "#\u200b#", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);

    private static string Printable(string text) => new([.. text.Where(letter => !char.IsControl(letter) || letter is '\r' or '\n' or '\t')]);
}
