using System.Globalization;
using System.Text.Json;

using SafeDb.Sql;

namespace SafeDb.Risk.Reporting;

/// <summary>SARIF 2.1.0, as code scanning services read it.</summary>
/// <param name="docsBase">Address under which <c>docs/rules/</c> is published, for links to the rules' pages; without it each rule has a URN, which is stable and a valid address but leads nowhere.</param>
public sealed class SarifReport(Uri? docsBase = null) : IRiskReportWriter
{
    /// <inheritdoc/>
    public string Name => "sarif";

    /// <inheritdoc/>
    public string Write(RiskReport report)
    {
        List<FindingPlace> findings = [.. FindingPlace.Of(report)];
        var known = report.Rules.ToDictionary(rule => rule.Id, StringComparer.Ordinal);
        List<string> rules = [.. findings.Select(item => item.Finding.Rule).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return JsonText.Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
            json.WriteString("version", "2.1.0");
            json.WriteStartArray("runs");
            json.WriteStartObject();
            WriteTool(json, rules, known);

            // Offsets count UTF-16 units, as everywhere in .NET.
            json.WriteString("columnKind", "utf16CodeUnits");
            json.WriteStartArray("results");
            foreach (FindingPlace item in findings)
            {
                WriteResult(json, item, rules.IndexOf(item.Finding.Rule));
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private void WriteTool(Utf8JsonWriter json, List<string> rules, Dictionary<string, RiskRuleInfo> known)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "SafeDb");
        json.WriteString("version", typeof(SarifReport).Assembly.GetName().Version?.ToString(3));
        json.WriteStartArray("rules");
        foreach (string rule in rules)
        {
            RiskRuleInfo info = known.GetValueOrDefault(rule) ?? new RiskRuleInfo(rule, RiskLevel.Risky, rule);
            json.WriteStartObject();
            json.WriteString("id", rule);
            WriteText(json, "shortDescription", info.Summary);
            json.WriteString("helpUri", docsBase is null ? $"urn:safedb:rule:{rule}" : new Uri(docsBase, $"{rule}.md").AbsoluteUri);
            WriteText(json, "help", $"{info.Summary} See {RuleDocs.PathOf(rule)}.");
            json.WriteStartObject("defaultConfiguration");
            json.WriteString("level", LevelOf(info.Level));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, FindingPlace item, int ruleIndex)
    {
        SqlLocation place = item.Place;
        json.WriteStartObject();
        json.WriteString("ruleId", item.Finding.Rule);
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", LevelOf(item.Finding.Level));
        string rows = item.Finding.RowsAtRisk is { } count ? string.Create(CultureInfo.InvariantCulture, $" Rows at risk: {count}.") : "";
        WriteText(json, "message", $"{item.Finding.Message}{rows} {item.Finding.Advice}");
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", UriOf(item.Path));
        json.WriteEndObject();
        json.WriteStartObject("region");
        json.WriteNumber("startLine", place.Line);
        json.WriteNumber("startColumn", place.Column);
        json.WriteNumber("endLine", place.EndLine);
        json.WriteNumber("endColumn", place.EndLine == place.Line ? Math.Max(place.EndColumn, place.Column) : place.EndColumn);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("safedb/v1", item.Finding.Fingerprint);
        json.WriteEndObject();
        if (item.Finding.AllowedBy is { } reason)
        {
            json.WriteStartArray("suppressions");
            json.WriteStartObject();
            json.WriteString("kind", reason == RiskBaseline.KnownBefore ? "external" : "inSource");
            json.WriteString("justification", reason);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string LevelOf(RiskLevel level) => level switch { RiskLevel.Dangerous => "error", RiskLevel.Risky => "warning", _ => "note" };

    // A relative reference: each segment escaped, so that blanks, # and non-ASCII letters do not break it. An absolute path becomes a file address.
    private static string UriOf(string path)
    {
        string escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        return path.StartsWith('/') ? $"file://{escaped}" : path.Length > 1 && path[1] == ':' ? $"file:///{path[0]}:{escaped[(escaped.IndexOf('/', StringComparison.Ordinal) is var slash && slash < 0 ? escaped.Length : slash)..]}" : escaped;
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
