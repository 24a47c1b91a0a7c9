using System.Text.Json;

using SafeDb.Addresses;

namespace SafeDb.Risk.Reporting;

/// <summary>The stable JSON contract, schema version 1.</summary>
public sealed class JsonReport : IRiskReportWriter
{
    /// <inheritdoc/>
    public string Name => "json";

    /// <inheritdoc/>
    public string Write(RiskReport report) => JsonText.Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 1);
        json.WriteString("engine", EngineName(report.Engine));
        WriteNumberOrNull(json, "serverVersion", report.ServerVersion);
        json.WriteStartArray("files");
        foreach (FileRisk file in report.Files)
        {
            WriteFile(json, file);
        }

        json.WriteEndArray();
        RiskSummary summary = report.Summary;
        json.WriteStartObject("summary");
        json.WriteNumber("safe", summary.Safe);
        json.WriteNumber("risky", summary.Risky);
        json.WriteNumber("dangerous", summary.Dangerous);
        json.WriteNumber("notAnalysed", summary.NotAnalysed);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>An engine's name in texts for machines.</summary>
    internal static string EngineName(DatabaseEngine engine) => engine switch
    {
        DatabaseEngine.PostgreSql => "postgresql",
        DatabaseEngine.SqlServer => "sqlserver",
        _ => "sqlite",
    };

    private static void WriteFile(Utf8JsonWriter json, FileRisk file)
    {
        json.WriteStartObject();
        json.WriteString("path", FindingPlace.PathOf(file));
        json.WriteString("level", file.Level.ToString());
        json.WriteStartArray("statements");
        foreach (StatementRisk statement in file.Statements)
        {
            WriteStatement(json, statement);
        }

        json.WriteEndArray();
        WriteFindings(json, file.Findings);
        json.WriteEndObject();
    }

    private static void WriteStatement(Utf8JsonWriter json, StatementRisk statement)
    {
        json.WriteStartObject();
        json.WriteNumber("index", statement.Index);
        json.WriteNumber("line", statement.Location.Line);
        json.WriteNumber("endLine", statement.Location.EndLine);
        json.WriteString("kind", statement.Kind);
        json.WriteString("level", statement.Level.ToString());
        json.WriteBoolean("analysed", statement.Analysed);
        json.WriteBoolean("transactional", statement.Transactional);
        json.WriteStartArray("locks");
        foreach (RelationLock held in statement.Locks)
        {
            json.WriteStartObject();
            json.WriteString("relation", held.Relation);
            json.WriteString("mode", held.Mode);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteNames(json, "rewrites", statement.Rewrites);
        WriteNames(json, "scans", statement.Scans);
        WriteNames(json, "indexRebuilds", statement.IndexRebuilds);
        json.WriteString("dataLoss", statement.DataLoss switch { DataLoss.None => "none", DataLoss.Possible => "possible", _ => "certain" });
        WriteFindings(json, statement.Findings);
        json.WriteEndObject();
    }

    private static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<RiskFinding> findings)
    {
        json.WriteStartArray("findings");
        foreach (RiskFinding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("rule", finding.Rule);
            json.WriteString("level", finding.Level.ToString());
            json.WriteString("message", finding.Message);
            json.WriteString("advice", finding.Advice);
            json.WriteString("saferSql", finding.SaferSql);
            json.WriteString("docs", RuleDocs.PathOf(finding.Rule));
            json.WriteString("relation", finding.Relation);
            WriteNumberOrNull(json, "rowsAtRisk", finding.RowsAtRisk);
            json.WriteString("allowedBy", finding.AllowedBy);
            json.WriteString("fingerprint", finding.Fingerprint);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
