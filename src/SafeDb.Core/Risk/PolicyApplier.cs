namespace SafeDb.Risk;

/// <summary>Applies an environment's policy to a file's findings: switched-off rules go, levels change, the baseline and allowances mark what they cover.</summary>
internal static class PolicyApplier
{
    public static FileRisk Apply(FileRisk file, RiskPolicy policy) => file with
    {
        Findings = Apply(file.Findings, policy),
        Statements = [.. file.Statements.Select(statement => statement.Findings.Count == 0 ? statement : statement with { Findings = Apply(statement.Findings, policy) })],
    };

    private static List<RiskFinding> Apply(IReadOnlyList<RiskFinding> findings, RiskPolicy policy) =>
        [.. findings
            .Where(finding => !policy.DisabledRules.Contains(finding.Rule, StringComparer.Ordinal))
            .Select(finding => Judge(finding, policy))
            .OrderBy(finding => finding.Rule, StringComparer.Ordinal)];

    private static RiskFinding Judge(RiskFinding finding, RiskPolicy policy) => finding with
    {
        Level = policy.RuleLevels.TryGetValue(finding.Rule, out RiskLevel level) ? level : finding.Level,
        AllowedBy = finding.AllowedBy
            ?? (policy.Baseline?.Fingerprints.Contains(finding.Fingerprint) == true ? RiskBaseline.KnownBefore
                : policy.AllowHazards.Contains(finding.Rule, StringComparer.Ordinal) ? "allowed by the caller or the policy"
                : null),
    };
}
