using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Nothing says that a view is broken until somebody reads it.</summary>
internal sealed class DropTableBreaksViews : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("drop-table-breaks-views", RiskLevel.Risky, "DROP TABLE succeeds while views and triggers still read the table; they fail when they are used.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is not DropObject { What: "Table" or "View" } drop || context.Rebuild is { OldFirst: false })
        {
            yield break;
        }

        string key = drop.Name.Key;
        List<string> broken = [.. context.Model.ViewsOn(key).Select(view => view.Name)
            .Concat(context.Model.Triggers.Where(item => item.Table != key && ((CreateTrigger)item.Statement).Words.Contains(drop.Name.Name)).Select(trigger => trigger.Name))
            .Where(name => !context.File.Statements.Skip(context.Index + 1).Any(statement => statement is DropObject later && later.Name.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))];
        if (broken.Count > 0 && !context.IsMadeLater(key))
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"{context.NameOf(key)} goes, and {string.Join(", ", broken)} still reads it: no error now, but every use of that fails afterwards.",
                "Drop or rewrite what reads it first.") { Relation = context.NameOf(key) });
        }
    }
}
