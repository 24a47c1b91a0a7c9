using System.Globalization;
using System.Text;
using System.Xml;

namespace SafeDb.Risk.Reporting;

/// <summary>JUnit XML: a test suite for each file, a test case for each statement, a failure for what is above Safe and open.</summary>
public sealed class JUnitReport : IRiskReportWriter
{
    /// <inheritdoc/>
    public string Name => "junit";

    /// <inheritdoc/>
    public string Write(RiskReport report)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "SafeDb migration risk");
            foreach (FileRisk file in report.Files)
            {
                WriteFile(xml, file);
            }

            xml.WriteEndElement();
        }

        return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n";
    }

    private static void WriteFile(XmlWriter xml, FileRisk file)
    {
        string path = FindingPlace.PathOf(file);
        bool ownCase = file.Findings.Count > 0;
        int failures = file.Statements.Count(statement => statement.Level > RiskLevel.Safe) + (file.Findings.Any(IsOpen) ? 1 : 0);
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(path));
        xml.WriteAttributeString("tests", Number(file.Statements.Count + (ownCase ? 1 : 0)));
        xml.WriteAttributeString("failures", Number(failures));
        xml.WriteAttributeString("errors", "0");
        if (ownCase)
        {
            WriteCase(xml, path, "the file as a whole", 1, file.Findings);
        }

        foreach (StatementRisk statement in file.Statements)
        {
            WriteCase(xml, path, $"{statement.Index} {statement.Kind}", statement.Location.Line, statement.Findings);
        }

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, string path, string name, int line, IReadOnlyList<RiskFinding> findings)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(path));
        xml.WriteAttributeString("name", Clean(name));
        xml.WriteAttributeString("file", Clean(path));
        xml.WriteAttributeString("line", Number(line));
        List<RiskFinding> open = [.. findings.Where(IsOpen)];
        if (open.Count > 0)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("type", open.Max(finding => finding.Level).ToString());
            xml.WriteAttributeString("message", Clean(string.Join(" | ", open.Select(finding => $"{finding.Rule}: {finding.Message}"))));
            xml.WriteString(Clean(string.Join("\n", open.Select(finding => $"{finding.Level} {finding.Rule}: {finding.Message} {finding.Advice}"))));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static bool IsOpen(RiskFinding finding) => finding is { AllowedBy: null, Level: > RiskLevel.Safe };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    // XML 1.0 has no way to write most control characters and lone surrogates.
    private static string Clean(string text) => new([.. text.Select((letter, at) =>
        XmlConvert.IsXmlChar(letter) || (char.IsHighSurrogate(letter) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])) || (char.IsLowSurrogate(letter) && at > 0 && char.IsHighSurrogate(text[at - 1])) ? letter : '\ufffd')]);
}
