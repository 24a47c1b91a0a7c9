using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The statement fails, with rows or without.</summary>
internal sealed class AddColumnImpossible : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("add-column-impossible", RiskLevel.Risky, "SQLite cannot add a PRIMARY KEY, UNIQUE or STORED column.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is not AddColumn { Column: { } column } add)
        {
            yield break;
        }

        string? what = column.PrimaryKey ? "a PRIMARY KEY column" : column.Unique ? "a UNIQUE column" : column.Generated == "STORED" ? "a STORED column" : null;
        if (what is not null)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"SQLite cannot add {what}; the statement fails.",
                column.Unique ? "Add the column without UNIQUE, fill it, and create a unique index." : column.Generated is not null ? "Make it VIRTUAL, or rebuild the table." : "Rebuild the table.")
            {
                Relation = context.NameOf(add.Table.Key),
                SaferSql = column.PrimaryKey ? null : RebuildScript.WithColumn(context, add.Table.Key, column, context.File.Texts[context.Index]),
            });
        }
    }
}
