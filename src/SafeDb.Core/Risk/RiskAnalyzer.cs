namespace SafeDb.Risk;

/// <summary>Analyses migration files of one engine: the dialect finds, this applies the policy's general rules, suppressions, baseline and allowances.</summary>
/// <param name="dialect">The engine's knowledge.</param>
public sealed class RiskAnalyzer(IRiskDialect dialect)
{
    /// <summary>Analyses files in the order in which they would run.</summary>
    public IReadOnlyList<FileRisk> Analyse(IEnumerable<RiskFile> files, RiskOptions options)
    {
        IRiskSession session = dialect.Begin(options);
        return [.. files.Select(session.Analyse)];
    }
}
