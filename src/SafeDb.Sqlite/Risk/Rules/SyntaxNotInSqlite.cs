using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>A form that SQLite does not have.</summary>
internal sealed class SyntaxNotInSqlite : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("syntax-not-in-sqlite", RiskLevel.Risky, "The statement is written for another database; SQLite refuses it.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is ForeignForm form)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"SQLite has no {form.Form}; the statement fails with a syntax error.",
                form.NewType is not null ? "Rebuild the table with the new type." : "Write it in a form that SQLite has; what ALTER TABLE cannot do needs a rebuild of the table.")
            {
                Relation = context.NameOf(form.Table.Key),
                SaferSql = form is { Column: { } column, NewType: { } type } ? RebuildScript.WithType(context, form.Table.Key, column, type) : null,
            });
        }
    }
}
