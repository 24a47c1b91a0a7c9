using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>
/// A constraint that is dropped and comes back under its name later in the file costs locks and a scan, but loses no guarantee; nor does one whose table or column goes in the same file.
/// </summary>
internal sealed class RestoredConstraints
{
    private const string Rule = "drop-constraint-loses-guarantee";
    private readonly List<(int Statement, string Relation, string Name, IReadOnlyList<string> Columns)> _dropped = [];

    /// <summary>Remembers what a statement drops, before it is applied to the model.</summary>
    public void Note(int index, PgStatement statement, PgModel model)
    {
        if (statement is AlterTable alter)
        {
            PgTable table = model.Get(alter.Name);
            _dropped.AddRange(alter.Actions.OfType<DropConstraint>().Select(drop => (index, table.Key, drop.Name, table.Constraint(drop.Name)?.Definition.Columns ?? [])));
        }
    }

    /// <summary>The statements without the findings that a later statement answers.</summary>
    public List<StatementRisk> Excuse(List<StatementRisk> statements)
    {
        foreach (IGrouping<int, (int Statement, string Relation, string Name, IReadOnlyList<string> Columns)> group in _dropped.GroupBy(dropped => dropped.Statement))
        {
            int at = group.Key - 1;
            List<StatementEffect> later = [.. statements.Skip(at).SelectMany(statement => statement.Effects)];
            if (statements[at].Findings.Any(finding => finding.Rule == Rule) && group.All(dropped => later.Exists(effect => Answers(effect, dropped.Relation, dropped.Name, dropped.Columns))))
            {
                statements[at] = statements[at] with { Findings = [.. statements[at].Findings.Where(finding => finding.Rule != Rule)] };
            }
        }

        _dropped.Clear();
        return statements;
    }

    private static bool Answers(StatementEffect effect, string relation, string name, IReadOnlyList<string> columns) => effect.Relation == relation && effect.Kind switch
    {
        EffectKind.AddConstraint => effect.Member == name,
        EffectKind.DropTable => true,
        EffectKind.DropColumn => effect.Member is { } column && columns.Contains(column, StringComparer.Ordinal),
        _ => false,
    };
}
