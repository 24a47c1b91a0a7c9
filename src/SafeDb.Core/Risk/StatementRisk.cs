using SafeDb.Sql;

namespace SafeDb.Risk;

/// <summary>What is known of one statement of a migration.</summary>
public sealed record StatementRisk
{
    /// <summary>Number in the file, from 1.</summary>
    public required int Index { get; init; }

    /// <summary>Where it stands.</summary>
    public required SqlLocation Location { get; init; }

    /// <summary>Its text as written.</summary>
    public required string Sql { get; init; }

    /// <summary>What it is, such as <c>AlterTable</c>, <c>CreateIndex</c>, <c>Unknown</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The highest level of its findings.</summary>
    public RiskLevel Level => Findings.Where(finding => finding.AllowedBy is null).Select(finding => finding.Level).DefaultIfEmpty(RiskLevel.Safe).Max();

    /// <summary>Whether it was understood. <see cref="RiskAnalyzer"/> adds the finding <c>statement-not-analysed</c> to what was not.</summary>
    public bool Analysed { get; init; } = true;

    /// <summary>Why it was not understood, for a person, such as "expected a column name at 'from'"; null when it was.</summary>
    public string? NotAnalysedBecause { get; init; }

    /// <summary>What it does, as far as the general rules need to know. One statement can have several effects.</summary>
    public IReadOnlyList<StatementEffect> Effects { get; init; } = [];

    /// <summary>Whether the engine allows it inside a transaction.</summary>
    public bool Transactional { get; init; } = true;

    /// <summary>Whether it changes rows.</summary>
    public bool ChangesData { get; init; }

    /// <summary>Whether it changes the schema.</summary>
    public bool ChangesSchema { get; init; }

    /// <summary>Relations that it names besides those it changes: targets of foreign keys, tables that a view or a copy reads.</summary>
    public IReadOnlyList<string> Mentions { get; init; } = [];

    /// <summary>Locks that it takes, the strongest per relation.</summary>
    public IReadOnlyList<RelationLock> Locks { get; init; } = [];

    /// <summary>Relations whose rows are written anew.</summary>
    public IReadOnlyList<string> Rewrites { get; init; } = [];

    /// <summary>Relations that are read in full under the lock.</summary>
    public IReadOnlyList<string> Scans { get; init; } = [];

    /// <summary>Indexes that are built anew.</summary>
    public IReadOnlyList<string> IndexRebuilds { get; init; } = [];

    /// <summary>What it may do to rows.</summary>
    public DataLoss DataLoss { get; init; }

    /// <summary>The findings, in the order of their rules' ids.</summary>
    public IReadOnlyList<RiskFinding> Findings { get; init; } = [];
}

/// <summary>A lock on a relation.</summary>
/// <param name="Relation">The relation as far as it is known, such as <c>public.orders</c>.</param>
/// <param name="Mode">The engine's name of the mode: <c>AccessExclusive</c>, <c>ShareRowExclusive</c>, …; SQLite: <c>Exclusive</c> on <c>main</c>.</param>
public sealed record RelationLock(string Relation, string Mode)
{
    /// <summary>Whether it is held while rows are read or written at length, or only for a moment.</summary>
    public bool Long { get; init; }
}

/// <summary>One danger found in one statement (or file) by one rule.</summary>
/// <param name="Rule">The rule's id, stable, kebab-case; its page is <c>docs/rules/{Rule}.md</c>.</param>
/// <param name="Level">How much care it needs.</param>
/// <param name="Message">What would happen, with the objects' names.</param>
/// <param name="Advice">What to do instead.</param>
public sealed record RiskFinding(string Rule, RiskLevel Level, string Message, string Advice)
{
    /// <summary>The rewritten sequence, when it could be derived.</summary>
    public string? SaferSql { get; init; }

    /// <summary>A narrower place than the statement, when there is one.</summary>
    public SqlLocation? Location { get; init; }

    /// <summary>Rows that would fail, change or go, counted on a real database; null when no database was asked.</summary>
    public long? RowsAtRisk { get; init; }

    /// <summary>Relation the finding is about, or null.</summary>
    public string? Relation { get; init; }

    /// <summary>What allows it (a suppression's reason, the baseline, the policy), or null when nothing does.</summary>
    public string? AllowedBy { get; init; }

    /// <summary>Questions whose answers a real database can give before the migration runs; the largest answer becomes <see cref="RowsAtRisk"/>.</summary>
    public IReadOnlyList<RiskProbe> Probes { get; init; } = [];

    /// <summary>Stable identity for baselines and SARIF: survives moved lines, other blanks and other comments. Filled by <see cref="RiskAnalyzer"/>.</summary>
    public string Fingerprint { get; init; } = "";
}
