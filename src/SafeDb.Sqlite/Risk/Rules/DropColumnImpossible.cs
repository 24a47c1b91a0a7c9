using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The statement fails.</summary>
internal sealed class DropColumnImpossible : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("drop-column-in-use", RiskLevel.Risky, "DROP COLUMN fails while a key, index, constraint, trigger or view uses the column.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is DropColumn drop && context.Model.Table(drop.Table.Key) is { ColumnsKnown: true } table && Reason(context, table, drop) is { } reason)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"DROP COLUMN {drop.Column} fails: {reason}.", "Drop what uses the column first (and create it again without it), or rebuild the table.") { Relation = table.Name });
        }
    }

    private static string? Reason(SqliteRuleContext context, SqliteTable table, DropColumn drop)
    {
        string name = drop.Column;
        bool Same(string other) => other.Equals(name, StringComparison.OrdinalIgnoreCase);
        ColumnDefinition? column = table.Column(name);
        string key = drop.Table.Key;
        return column is null ? $"{table.Name} has no column {name}"
            : table.PrimaryKey.Contains(name.ToLowerInvariant(), StringComparer.Ordinal) ? "it is part of the primary key"
            : column.Unique || table.Definition.Constraints.Any(constraint => constraint.Kind == "UNIQUE" && constraint.Columns.Any(Same)) ? "it is UNIQUE"
            : table.Definition.Columns.Count == 1 ? "it is the only column"
            : table.Definition.Constraints.Any(constraint => constraint.Kind == "CHECK" && constraint.Words.Contains(name)) ? "a CHECK of the table uses it"
            : table.Definition.Constraints.Any(constraint => constraint.Kind == "FOREIGN" && constraint.Columns.Any(Same)) ? "a foreign key of the table uses it"
            : table.Definition.Columns.Any(other => !Same(other.Name) && other.Words.Contains(name)) ? "another column's expression uses it"
            : context.Model.Indexes.FirstOrDefault(item => item.Table == key && ((CreateIndex)item.Statement).Words.Contains(name)) is { } index ? $"the index {index.Name} uses it"
            : context.Model.Triggers.FirstOrDefault(item => item.Table == key && ((CreateTrigger)item.Statement).Words.Contains(name)) is { } trigger ? $"the trigger {trigger.Name} uses it"
            : context.Model.ViewsOn(key).FirstOrDefault(item => ((CreateView)item.Statement).Words.Contains(name)) is { } view ? $"the view {view.Name} uses it"
            : null;
    }
}
