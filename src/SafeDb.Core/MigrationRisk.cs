using SafeDb.Risk;

namespace SafeDb;

/// <summary>One danger in one migration: what <c>Get-MigrationRisk</c> gives, one object for each finding.</summary>
public sealed record MigrationRisk
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Line, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Column, from 1.</summary>
    public required int Column { get; init; }

    /// <summary>The rule's id; empty for a statement without findings.</summary>
    public required string Rule { get; init; }

    /// <summary>How much care it needs.</summary>
    public required RiskLevel Level { get; init; }

    /// <summary>What would happen.</summary>
    public required string Message { get; init; }

    /// <summary>What to do instead.</summary>
    public required string Advice { get; init; }

    /// <summary>The rewritten sequence, when it could be derived.</summary>
    public string? SaferSql { get; init; }

    /// <summary>What the statement may do to rows.</summary>
    public DataLoss DataLoss { get; init; }

    /// <summary>Rows that would fail, change or go, counted on a real database; null when none was asked.</summary>
    public long? RowsAtRisk { get; init; }

    /// <summary>The table it is about, or null.</summary>
    public string? Relation { get; init; }

    /// <summary>Locks of the statement, written <c>relation: mode</c>.</summary>
    public IReadOnlyList<string> Locks { get; init; } = [];

    /// <summary>The statement's kind, such as <c>AlterTable</c>; null for a finding about the whole file.</summary>
    public string? Kind { get; init; }

    /// <summary>The statement as written; null for a finding about the whole file.</summary>
    public string? Statement { get; init; }

    /// <summary>What allows it, or null.</summary>
    public string? AllowedBy { get; init; }

    /// <summary>Stable identity, for a baseline.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>The rule's page.</summary>
    public string Docs { get; init; } = "";

    /// <summary>The findings of a report in the order of the files and lines.</summary>
    /// <param name="report">The report.</param>
    /// <param name="includeSafe">Whether statements without findings give an object too, with level Safe and no rule.</param>
    public static IEnumerable<MigrationRisk> From(RiskReport report, bool includeSafe = false) => report.Files.SelectMany(file => From(file, includeSafe));

    private static IEnumerable<MigrationRisk> From(FileRisk file, bool includeSafe)
    {
        IEnumerable<MigrationRisk> own = file.Findings.Select(finding => Make(file.Path, null, finding));
        IEnumerable<MigrationRisk> inStatements = file.Statements.SelectMany(statement => statement.Findings.Count > 0
            ? statement.Findings.Select(finding => Make(file.Path, statement, finding))
            : includeSafe ? [Nothing(file.Path, statement)] : []);
        return own.Concat(inStatements).OrderBy(risk => risk.Line).ThenBy(risk => risk.Column);
    }

    private static MigrationRisk Make(string path, StatementRisk? statement, RiskFinding finding)
    {
        Sql.SqlLocation? place = finding.Location ?? statement?.Location;
        return new MigrationRisk
        {
            Path = path,
            Line = place?.Line ?? 1,
            Column = place?.Column ?? 1,
            Rule = finding.Rule,
            Level = finding.Level,
            Message = finding.Message,
            Advice = finding.Advice,
            SaferSql = finding.SaferSql,
            DataLoss = statement?.DataLoss ?? DataLoss.None,
            RowsAtRisk = finding.RowsAtRisk,
            Relation = finding.Relation,
            Locks = [.. (statement?.Locks ?? []).Select(held => $"{held.Relation}: {held.Mode}")],
            Kind = statement?.Kind,
            Statement = statement?.Sql,
            AllowedBy = finding.AllowedBy,
            Fingerprint = finding.Fingerprint,
            Docs = RuleDocs.PathOf(finding.Rule),
        };
    }

    private static MigrationRisk Nothing(string path, StatementRisk statement) =>
        Make(path, statement, new RiskFinding("", RiskLevel.Safe, "Nothing was found.", "")) with { Docs = "" };
}
