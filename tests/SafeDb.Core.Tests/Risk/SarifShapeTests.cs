using System.Text.Json;

using SafeDb.Addresses;
using SafeDb.Risk;
using SafeDb.Risk.Reporting;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Core.Tests.Risk;

/// <summary>
/// What SARIF 2.1.0 demands of the objects that the report writes: required properties, no others than the ones of the standard (its schema allows no additional ones), values of
/// the enumerations, and the ranges of numbers. Written down from the standard's text, §3.
/// </summary>
public sealed class SarifShapeTests
{
    private static readonly string[] Levels = ["none", "note", "warning", "error"];

    private static readonly Dictionary<string, (string[] Required, string[] Others)> Objects = new(StringComparer.Ordinal)
    {
        ["log"] = (["version", "runs"], ["$schema", "inlineExternalProperties", "properties"]),
        ["run"] = (["tool"], ["results", "columnKind", "invocations", "artifacts", "originalUriBaseIds", "defaultEncoding", "automationDetails", "properties"]),
        ["tool"] = (["driver"], ["extensions", "properties"]),
        ["driver"] = (["name"], ["version", "semanticVersion", "informationUri", "organization", "product", "rules", "notifications", "taxa", "guid", "fullName", "shortDescription", "fullDescription", "language", "properties"]),
        ["rule"] = (["id"], ["name", "guid", "shortDescription", "fullDescription", "defaultConfiguration", "help", "helpUri", "messageStrings", "relationships", "deprecatedIds", "properties"]),
        ["defaultConfiguration"] = ([], ["enabled", "level", "rank", "parameters", "properties"]),
        ["text"] = (["text"], ["markdown", "properties"]),
        ["result"] = (["message"], ["ruleId", "ruleIndex", "rule", "kind", "level", "analysisTarget", "locations", "guid", "correlationGuid", "occurrenceCount", "partialFingerprints", "fingerprints", "relatedLocations", "suppressions", "baselineState", "rank", "fixes", "hostedViewerUri", "properties"]),
        ["location"] = ([], ["id", "physicalLocation", "logicalLocations", "message", "annotations", "relationships", "properties"]),
        ["physicalLocation"] = (["artifactLocation"], ["address", "region", "contextRegion", "properties"]),
        ["artifactLocation"] = (["uri"], ["uriBaseId", "index", "description", "properties"]),
        ["region"] = (["startLine"], ["startColumn", "endLine", "endColumn", "charOffset", "charLength", "byteOffset", "byteLength", "snippet", "message", "sourceLanguage", "properties"]),
        ["suppression"] = (["kind"], ["guid", "status", "justification", "location", "properties"]),
    };

    [Theory]
    [InlineData("timeout\n-- a comment\ndrop orders\n\tunknown stuff\ndrop customers -- safedb:allow drop-table-loses-data moved to the archive\nselect", "migrations/001_x.sql")]
    [InlineData("", "empty.sql")]
    [InlineData("drop x", "a b/#1 ä%.sql")]
    [InlineData("drop x", "/absolute/place.sql")]
    [InlineData("drop x", @"C:\folder\place.sql")]
    public void The_report_has_the_shape_that_the_standard_demands(string sql, string path)
    {
        var analyzer = new RiskAnalyzer(new FakeDialect(DatabaseEngine.PostgreSql), RiskPolicy.Strict with { AllowHazards = ["note"] });
        RiskReport report = analyzer.Report(analyzer.Analyse([new RiskFile(new SourceText(sql, path), FileTransaction.Single)], new RiskOptions()), new RiskOptions());
        using JsonDocument document = JsonDocument.Parse(new SarifReport().Write(report));
        JsonElement log = document.RootElement;
        Assert.Empty(Problems("log", log));
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        foreach (JsonElement run in log.GetProperty("runs").EnumerateArray())
        {
            Assert.Empty(Run(run));
        }
    }

    [Fact]
    public void The_check_itself_finds_what_is_wrong()
    {
        using JsonDocument wrong = JsonDocument.Parse("""
            {"tool":{"driver":{}},"color":1,"columnKind":"bytes","results":[{"ruleId":"x","ruleIndex":3,"level":"fatal","message":{},"locations":[{"physicalLocation":{"region":{"startLine":0}}}],"suppressions":[{"kind":"other"}]}]}
            """);
        Assert.Equal(9, Run(wrong.RootElement).Count());
    }

    private static IEnumerable<string> Run(JsonElement run)
    {
        JsonElement driver = run.GetProperty("tool").GetProperty("driver");
        JsonElement[] rules = driver.TryGetProperty("rules", out JsonElement list) ? [.. list.EnumerateArray()] : [];
        IEnumerable<string> problems = Problems("run", run).Concat(Problems("tool", run.GetProperty("tool"))).Concat(Problems("driver", driver)).Concat(rules.SelectMany(Rule));
        if (run.GetProperty("columnKind").GetString() is not ("utf16CodeUnits" or "unicodeCodePoints"))
        {
            problems = problems.Append("columnKind");
        }

        return problems.Concat(run.GetProperty("results").EnumerateArray().SelectMany(result => Result(result, rules.Length)));
    }

    private static IEnumerable<string> Rule(JsonElement rule)
    {
        JsonElement usual = rule.GetProperty("defaultConfiguration");
        return Problems("rule", rule).Concat(Problems("defaultConfiguration", usual)).Concat(Problems("text", rule.GetProperty("shortDescription"))).Concat(Problems("text", rule.GetProperty("help")))
            .Concat(Levels.Contains(usual.GetProperty("level").GetString()) ? [] : ["level of a rule"]);
    }

    private static IEnumerable<string> Result(JsonElement result, int rules)
    {
        IEnumerable<string> problems = Problems("result", result).Concat(Problems("text", result.GetProperty("message")))
            .Concat(Levels.Contains(result.GetProperty("level").GetString()) ? [] : ["level"])
            .Concat(result.GetProperty("ruleIndex").GetInt32() is var index && index >= -1 && index < rules ? [] : ["ruleIndex"]);
        foreach (JsonElement location in result.GetProperty("locations").EnumerateArray())
        {
            JsonElement place = location.GetProperty("physicalLocation");
            problems = problems.Concat(Problems("location", location)).Concat(Problems("physicalLocation", place)).Concat(Problems("region", place.GetProperty("region"))).Concat(Region(place.GetProperty("region")));
            if (place.TryGetProperty("artifactLocation", out JsonElement artifact))
            {
                problems = problems.Concat(Problems("artifactLocation", artifact)).Concat(Uri.TryCreate(artifact.GetProperty("uri").GetString(), UriKind.RelativeOrAbsolute, out _) ? [] : ["uri"]);
            }
        }

        foreach (JsonElement suppression in result.TryGetProperty("suppressions", out JsonElement all) ? [.. all.EnumerateArray()] : Array.Empty<JsonElement>())
        {
            problems = problems.Concat(Problems("suppression", suppression)).Concat(suppression.GetProperty("kind").GetString() is "inSource" or "external" ? [] : ["kind of suppression"]);
        }

        return problems;
    }

    private static IEnumerable<string> Region(JsonElement region)
    {
        foreach (JsonProperty number in region.EnumerateObject().Where(number => number.Value.GetInt32() < 1))
        {
            yield return $"region.{number.Name}";
        }

        if (region.TryGetProperty("endLine", out JsonElement end) && (end.GetInt32(), region.GetProperty("endColumn").GetInt32()).CompareTo((region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32())) < 0)
        {
            yield return "a region that ends before it begins";
        }
    }

    private static IEnumerable<string> Problems(string kind, JsonElement item)
    {
        (string[] required, string[] others) = Objects[kind];
        return required.Where(name => !item.TryGetProperty(name, out _)).Select(name => $"{kind} lacks {name}")
            .Concat(item.EnumerateObject().Where(property => !required.Contains(property.Name) && !others.Contains(property.Name)).Select(property => $"{kind} has {property.Name}"));
    }
}
