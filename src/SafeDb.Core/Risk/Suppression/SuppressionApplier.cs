namespace SafeDb.Risk.Suppression;

/// <summary>Marks the findings that suppressions of the file allow, and reports suppressions that are wrong, expired or useless.</summary>
internal static class SuppressionApplier
{
    public static FileRisk Apply(FoundRisk found, IReadOnlySet<string> known, DateOnly today)
    {
        List<RiskSuppression> suppressions = [.. found.Directives.Select(RiskSuppression.Parse).OfType<RiskSuppression>()];
        if (suppressions.Count == 0)
        {
            return found.Risk;
        }

        var problems = new List<RiskFinding>();
        List<RiskSuppression> valid = [.. suppressions.Where(suppression => IsValid(suppression, known, today, problems))];
        var used = new HashSet<(RiskSuppression Suppression, string Rule)>();
        FileRisk risk = found.Risk with
        {
            Findings = [.. found.Risk.Findings.Select(finding => Allow(finding, null, valid, used))],
            Statements = [.. found.Risk.Statements.Select(statement => statement with
            {
                Findings = [.. statement.Findings.Select(finding => Allow(finding, statement.Index, valid, used))],
            })],
        };
        problems.AddRange(valid.SelectMany(suppression => suppression.Rules
            .Where(rule => !used.Contains((suppression, rule)))
            .Select(rule => Problem(suppression, SuppressionRules.Unused, rule, $"Nothing that {rule} finds stands here any more.", "Remove the suppression."))));
        return RiskFingerprint.Fill(risk with { Findings = [.. risk.Findings, .. problems] });
    }

    private static RiskFinding Allow(RiskFinding finding, int? statement, List<RiskSuppression> valid, HashSet<(RiskSuppression Suppression, string Rule)> used)
    {
        foreach (RiskSuppression suppression in valid)
        {
            // A finding about the file as a whole has no statement: a plain allow at the head of the file reaches it too.
            bool reaches = suppression.WholeFile || statement is null || suppression.Directive.Statement == statement;
            if (reaches && suppression.Rules.Contains(finding.Rule, StringComparer.Ordinal))
            {
                used.Add((suppression, finding.Rule));
                return finding with { AllowedBy = suppression.Reason };
            }
        }

        return finding;
    }

    private static bool IsValid(RiskSuppression suppression, IReadOnlySet<string> known, DateOnly today, List<RiskFinding> problems)
    {
        string? wrong = suppression.Problem
            ?? (suppression.Rules.FirstOrDefault(rule => !known.Contains(rule)) is { } rule ? $"There is no rule {Shown(rule)}; the most similar one is {Similar.To(rule, known)}." : null)
            ?? (suppression.Reason.Length == 0 ? "It gives no reason." : null);
        if (wrong is not null)
        {
            problems.Add(Problem(suppression, SuppressionRules.Invalid, string.Join(",", suppression.Rules), $"The suppression has no effect. {wrong}",
                "Write: -- safedb:allow <rule>[, <rule>] <reason> [until yyyy-mm-dd]."));
            return false;
        }

        if (suppression.Until < today)
        {
            problems.Add(Problem(suppression, SuppressionRules.Expired, string.Join(",", suppression.Rules),
                $"The suppression of {string.Join(", ", suppression.Rules)} ended on {suppression.Until:yyyy-MM-dd}.", "Mend what it covers, or decide anew and give a later date."));
            return false;
        }

        return true;
    }

    private static string Shown(string rule) => rule.Length <= 60 ? rule : string.Concat(rule.AsSpan(0, 60), "…");

    private static RiskFinding Problem(RiskSuppression suppression, RiskRuleInfo rule, string relation, string message, string advice) =>
        new(rule.Id, rule.Level, message, advice) { Location = suppression.Directive.Location, Relation = relation };
}
