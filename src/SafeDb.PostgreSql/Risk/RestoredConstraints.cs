using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>A constraint that is dropped and comes back under its name later in the file costs locks and a scan, but loses no guarantee.</summary>
internal static class RestoredConstraints
{
    private const string Rule = "drop-constraint-loses-guarantee";

    /// <summary>The statements without the findings that a later ADD CONSTRAINT answers.</summary>
    public static List<StatementRisk> Excuse(List<StatementRisk> statements)
    {
        for (int i = 0; i < statements.Count; i++)
        {
            if (statements[i].Findings.Any(finding => finding.Rule == Rule) && statements[i].Effects.Where(effect => effect.Kind == EffectKind.DropConstraint).All(dropped => ComesBack(statements, i, dropped)))
            {
                statements[i] = statements[i] with { Findings = [.. statements[i].Findings.Where(finding => finding.Rule != Rule)] };
            }
        }

        return statements;
    }

    private static bool ComesBack(List<StatementRisk> statements, int from, StatementEffect dropped) =>
        statements.Skip(from).SelectMany(statement => statement.Effects).Any(effect => effect.Kind == EffectKind.AddConstraint && effect.Relation == dropped.Relation && effect.Member == dropped.Member);
}
