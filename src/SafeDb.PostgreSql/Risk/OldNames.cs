using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>A rename breaks nobody when a view under the old name follows in the same file.</summary>
internal static class OldNames
{
    /// <summary>The statements without the findings that a later view answers.</summary>
    public static IReadOnlyList<StatementRisk> Excuse(List<StatementRisk> statements)
    {
        HashSet<string> made = [.. statements.SelectMany(statement => statement.Effects).Where(effect => effect.Kind == EffectKind.CreateRelation).Select(effect => effect.Relation)];
        for (int i = 0; i < statements.Count; i++)
        {
            if (statements[i].Findings.Any(finding => finding.Rule == "rename-breaks-running-code" && finding.Relation is { } old && made.Contains(old))
                && statements[i].Effects.All(effect => effect.Kind == EffectKind.RenameRelation))
            {
                statements[i] = statements[i] with { Findings = [.. statements[i].Findings.Where(finding => finding.Rule != "rename-breaks-running-code")] };
            }
        }

        return statements;
    }
}
