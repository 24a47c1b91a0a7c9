using System.Text.Json;
using System.Xml.Linq;

using SafeDb.Addresses;
using SafeDb.Risk;
using SafeDb.Risk.Reporting;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Core.Tests.Risk;

/// <summary>The formats: golden texts, and what an attacker who writes the migration could try with each.</summary>
public sealed class RiskReportTests
{
    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("sarif")]
    [InlineData("github")]
    [InlineData("azure")]
    [InlineData("junit")]
    [InlineData("markdown")]
    public void The_report_is_as_approved(string format)
    {
        string version = $"\"{typeof(SarifReport).Assembly.GetName().Version!.ToString(3)}\"";
        string actual = RiskReportWriters.Get(format).Write(Report(Sample)).Replace(version, "\"(version)\"", StringComparison.Ordinal);
        string file = Path.Combine(RiskAnalyzerTests.Repository(), "tests", "SafeDb.Core.Tests", "Risk", "golden", $"report.{format}.approved.txt");
        if (Environment.GetEnvironmentVariable("SAFEDB_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.Equal(File.ReadAllText(file), actual);
    }

    [Theory]
    [InlineData("github")]
    [InlineData("azure")]
    public void A_hostile_name_begins_no_command_of_its_own(string format)
    {
        foreach (string evil in (string[])["a\n::set-env name=X::1", "a\r##vso[task.setvariable variable=x]1", "##[error]x", "x%0A::error::y", "a;code=1]##vso[build.addbuildtag]t", "::stop-commands::t"])
        {
            string text = RiskReportWriters.Get(format).Write(Report("drop x", message: evil, path: $"{evil}.sql"));
            string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.All(lines, line => Assert.StartsWith(format == "github" ? "::" : "##vso[task.logissue ", line, StringComparison.Ordinal));
            Assert.All(lines, line => Assert.Equal(format == "github" ? 0 : 1, line.Split("##vso[").Length - 1));
            Assert.DoesNotContain("##[", text, StringComparison.Ordinal);
            Assert.DoesNotContain('\r', text);
            Assert.All(lines.Where(_ => format == "github"), line => Assert.Equal(3, line.Split("::").Length));
        }
    }

    [Fact]
    public void Machine_formats_can_be_read_whatever_the_migration_holds()
    {
        const string Evil = "a\u0000\u0001\ud800 \u202e]]> <b> \"'\\ \u2028 ```` | @team";
        RiskReport report = Report("drop x", message: Evil, path: "a b/#1 ä.sql");
        _ = JsonDocument.Parse(RiskReportWriters.Get("json").Write(report));
        using JsonDocument sarif = JsonDocument.Parse(RiskReportWriters.Get("sarif").Write(report));
        string uri = sarif.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString()!;
        Assert.Equal("a%20b/%231%20%C3%A4.sql", uri);
        _ = XDocument.Parse(RiskReportWriters.Get("junit").Write(report));
        Assert.DoesNotContain("<b>", RiskReportWriters.Get("markdown").Write(report).Split("`````sql")[0], StringComparison.Ordinal);
        Assert.DoesNotContain(RiskReportWriters.Get("text").Write(report), letter => char.IsControl(letter) && letter != '\n');
    }

    [Fact]
    public void Every_result_of_SARIF_points_at_its_rule_and_has_a_fingerprint()
    {
        using JsonDocument sarif = JsonDocument.Parse(RiskReportWriters.Get("sarif").Write(Report(Sample)));
        JsonElement run = sarif.RootElement.GetProperty("runs")[0];
        JsonElement rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        Assert.NotEqual(0, run.GetProperty("results").GetArrayLength());
        foreach (JsonElement result in run.GetProperty("results").EnumerateArray())
        {
            Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
            Assert.Equal(32, result.GetProperty("partialFingerprints").GetProperty("safedb/v1").GetString()!.Length);
            Assert.True(result.GetProperty("locations")[0].GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32() > 0);
        }

        Assert.All(rules.EnumerateArray(), rule => Assert.True(Uri.IsWellFormedUriString(rule.GetProperty("helpUri").GetString(), UriKind.Absolute)));
    }

    [Fact]
    public void The_objects_are_one_for_each_finding()
    {
        RiskReport report = Report(Sample);
        List<MigrationRisk> risks = [.. MigrationRisk.From(report)];
        Assert.Equal(report.Files.Sum(file => file.AllFindings.Count()), risks.Count);
        Assert.All(risks, risk => Assert.NotEmpty(risk.Rule));
        Assert.Contains(MigrationRisk.From(report, includeSafe: true), risk => risk is { Rule: "", Level: RiskLevel.Safe });
        Assert.Equal("Risk.UnknownFormat", Assert.Throws<SafeDb.Errors.SafeDbException>(() => RiskReportWriters.Get("xml")).Id);
    }

    private const string Sample = "timeout\n-- a comment\ndrop orders\n\tunknown stuff\ndrop customers -- safedb:allow drop-table-loses-data moved to the archive\nselect";

    private static RiskReport Report(string sql, string? message = null, string path = "migrations/001_x.sql")
    {
        var analyzer = new RiskAnalyzer(new FakeDialect(DatabaseEngine.PostgreSql));
        IReadOnlyList<FileRisk> files = analyzer.Analyse([new RiskFile(new SourceText(sql, path), FileTransaction.Single)], new RiskOptions());
        if (message is not null)
        {
            files = [.. files.Select(file => file with
            {
                Path = path,
                Statements = [.. file.Statements.Select(statement => statement with { Findings = [.. statement.Findings.Select(finding => finding with { Message = message, SaferSql = message, RowsAtRisk = 4182 })] })],
            })];
        }

        return analyzer.Report(files, new RiskOptions { ServerVersion = 150018 });
    }
}
