using System.Text.Json;

namespace SafeDb.Risk;

/// <summary>Findings that were there when SafeDb was taken up: they are shown as known and stop nothing.</summary>
/// <param name="Fingerprints">Their fingerprints.</param>
public sealed record RiskBaseline(IReadOnlySet<string> Fingerprints)
{
    /// <summary>Reads a baseline file.</summary>
    /// <param name="path">Its path.</param>
    public static RiskBaseline Read(string path) => Parse(Input.MigrationFile.ReadText(path), path);

    /// <summary>Reads a baseline.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="path">Its name, for errors.</param>
    public static RiskBaseline Parse(string json, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.GetProperty("schemaVersion").GetInt32() != 1)
            {
                throw RiskErrors.BaselineInvalid.Exception(path, "it was written by a newer version.");
            }

            var set = new HashSet<string>(StringComparer.Ordinal);
            foreach (JsonElement finding in root.GetProperty("findings").EnumerateArray())
            {
                set.Add(finding.GetProperty("fingerprint").GetString() ?? throw new JsonException("a fingerprint is null."));
            }

            return new RiskBaseline(set);
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw RiskErrors.BaselineInvalid.Caused(problem, path, problem.Message);
        }
    }

    /// <summary>Writes the open findings of a report as a baseline, in an order that keeps differences small.</summary>
    public static string Write(RiskReport report)
    {
        return Reporting.JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 1);
            json.WriteStartArray("findings");
            foreach ((FileRisk file, RiskFinding finding) in Open(report))
            {
                json.WriteStartObject();
                json.WriteString("fingerprint", finding.Fingerprint);
                json.WriteString("rule", finding.Rule);
                json.WriteString("path", file.Path.Replace('\\', '/'));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static IEnumerable<(FileRisk File, RiskFinding Finding)> Open(RiskReport report) => report.Files
        .SelectMany(file => file.AllFindings.Select(finding => (File: file, Finding: finding)))
        .Where(item => item.Finding.AllowedBy is null or KnownBefore)
        .OrderBy(item => item.File.Path, StringComparer.Ordinal)
        .ThenBy(item => item.Finding.Rule, StringComparer.Ordinal)
        .ThenBy(item => item.Finding.Fingerprint, StringComparer.Ordinal);

    /// <summary>What <see cref="RiskFinding.AllowedBy"/> says of a finding of the baseline.</summary>
    internal const string KnownBefore = "baseline";
}
