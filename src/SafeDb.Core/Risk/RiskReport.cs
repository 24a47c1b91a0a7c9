using SafeDb.Addresses;

namespace SafeDb.Risk;

/// <summary>The result of an analysis; every output is a pure function of it.</summary>
/// <param name="Engine">The engine.</param>
/// <param name="ServerVersion">The version that was assumed, or null for the newest known.</param>
/// <param name="Files">The files in the order in which they would run.</param>
public sealed record RiskReport(DatabaseEngine Engine, int? ServerVersion, IReadOnlyList<FileRisk> Files)
{
    /// <summary>The rules that can appear, with their usual level.</summary>
    public IReadOnlyList<RiskRuleInfo> Rules { get; init; } = [];

    /// <summary>Fingerprints of the baseline that no finding has any more.</summary>
    public IReadOnlyList<string> StaleBaseline { get; init; } = [];

    /// <summary>The highest level of all files.</summary>
    public RiskLevel Level => Files.Select(file => file.Level).DefaultIfEmpty(RiskLevel.Safe).Max();

    /// <summary>How many statements have which level.</summary>
    public RiskSummary Summary
    {
        get
        {
            IEnumerable<StatementRisk> statements = Files.SelectMany(file => file.Statements);
            int[] levels = new int[3];
            int notAnalysed = 0;
            foreach (StatementRisk statement in statements)
            {
                levels[(int)statement.Level]++;
                notAnalysed += statement.Analysed ? 0 : 1;
            }

            return new RiskSummary(levels[0], levels[1], levels[2], notAnalysed);
        }
    }
}

/// <summary>Counts of statements.</summary>
/// <param name="Safe">Statements without an open finding, or with notes only.</param>
/// <param name="Risky">Statements whose highest open finding is Risky.</param>
/// <param name="Dangerous">Statements whose highest open finding is Dangerous.</param>
/// <param name="NotAnalysed">Statements that were not understood (they count above too).</param>
public sealed record RiskSummary(int Safe, int Risky, int Dangerous, int NotAnalysed);
