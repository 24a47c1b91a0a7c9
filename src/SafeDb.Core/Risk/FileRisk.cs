namespace SafeDb.Risk;

/// <summary>What is known of one migration file.</summary>
/// <param name="Path">Its path as it was given.</param>
/// <param name="Statements">Its statements in order.</param>
/// <param name="Findings">Findings about the file as a whole.</param>
public sealed record FileRisk(string Path, IReadOnlyList<StatementRisk> Statements, IReadOnlyList<RiskFinding> Findings)
{
    /// <summary>The text that was analysed, for reports that show the line; null when it was not kept.</summary>
    public Sql.SourceText? Source { get; init; }

    /// <summary>The highest level in the file.</summary>
    public RiskLevel Level => AllFindings.Where(finding => finding.AllowedBy is null).Select(finding => finding.Level).DefaultIfEmpty(RiskLevel.Safe).Max();

    /// <summary>The file's own findings and those of its statements.</summary>
    public IEnumerable<RiskFinding> AllFindings => Findings.Concat(Statements.SelectMany(statement => statement.Findings));
}
