using SafeDb.Sql;

namespace SafeDb.Risk.Reporting;

/// <summary>A finding with the file and statement it belongs to: what most formats list.</summary>
/// <param name="File">The file.</param>
/// <param name="Statement">The statement, or null for a finding about the whole file.</param>
/// <param name="Finding">The finding.</param>
internal sealed record FindingPlace(FileRisk File, StatementRisk? Statement, RiskFinding Finding)
{
    /// <summary>Where it is shown.</summary>
    public SqlLocation Place => Finding.Location ?? Statement?.Location ?? new SqlLocation(File.Path, 1, 1, 1, 1);

    /// <summary>The file's path with <c>/</c>, relative as it was given.</summary>
    public string Path => PathOf(File);

    /// <summary>A path for reports: with <c>/</c>, without a leading <c>./</c>.</summary>
    public static string PathOf(FileRisk file)
    {
        string path = file.Path.Replace('\\', '/');
        return path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }

    /// <summary>The findings of a report by file, line and rule.</summary>
    public static IEnumerable<FindingPlace> Of(RiskReport report) => report.Files.SelectMany(Of);

    /// <summary>The findings of a file by line and rule.</summary>
    public static IEnumerable<FindingPlace> Of(FileRisk file) => file.Findings.Select(finding => new FindingPlace(file, null, finding))
        .Concat(file.Statements.SelectMany(statement => statement.Findings.Select(finding => new FindingPlace(file, statement, finding))))
        .OrderBy(item => item.Place.Line).ThenBy(item => item.Place.Column).ThenBy(item => item.Finding.Rule, StringComparer.Ordinal);
}
