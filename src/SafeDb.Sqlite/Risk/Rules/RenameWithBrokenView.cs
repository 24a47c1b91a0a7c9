using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>A view that has nothing to do with it makes ALTER TABLE fail.</summary>
internal sealed class RenameWithBrokenView : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("rename-with-broken-view", RiskLevel.Risky, "ALTER TABLE … RENAME and DROP COLUMN fail while any view is broken.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is not (RenameTable or RenameColumn or DropColumn) || context.State.LegacyAlter)
        {
            yield break;
        }

        foreach (SqliteDependent view in context.Model.Views)
        {
            string? missing = ((CreateView)view.Statement).Reads.FirstOrDefault(name => IsMissing(context, name));
            if (missing is not null)
            {
                yield return new(new RiskFinding(Info.Id, Info.Level, $"The statement fails at this point: the view {view.Name} reads {missing}, which does not exist now.",
                    $"Drop the view {view.Name} before the table it reads, and create it again after the rename.")
                {
                    Relation = view.Name,
                    SaferSql = context.Rebuild is { } rebuild ? RebuildScript.Corrected(context, rebuild) : null,
                });
            }
        }
    }

    private static bool IsMissing(SqliteRuleContext context, string name) =>
        context.Model.Table(name) is null && context.Model.Dependent(name) is null && !name.Contains('.', StringComparison.Ordinal) && !name.StartsWith("sqlite_", StringComparison.Ordinal)
        && (context.Model.Complete || context.Model.IsDropped(name));
}
