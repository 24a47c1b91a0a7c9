using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>DROP … CASCADE takes everything that depends on the object: columns, defaults, indexes, views, foreign keys.</summary>
internal sealed class CascadeDropsDependents() : StatementRule<DropObjects>("cascade-drops-dependents", RiskLevel.Dangerous, "DROP … CASCADE takes everything that depends on the object: columns, defaults, indexes, views, foreign keys.")
{
    /// <inheritdoc/>
    protected override void Check(DropObjects statement, RuleContext context)
    {
        if (!statement.Cascade || statement.ObjectKind is "TABLE" or "OWNED" or "DATABASE" or "SCHEMA")
        {
            return;
        }

        foreach (PgName name in statement.Names)
        {
            PgTable[] columns = [.. context.Model.Tables.Where(table => table.Columns.Exists(column => column.Type?.Name == name.Name))];
            string names = string.Join(", ", columns.SelectMany(table => table.Columns.Where(column => column.Type?.Name == name.Name).Select(column => $"{table.Key}.{column.Name}")));
            string what = statement.ObjectKind switch
            {
                "TYPE" or "DOMAIN" => $"every column of the type{(names.Length > 0 ? $" ({names})" : "")}, with its values",
                "EXTENSION" => $"every column of the extension's types{(names.Length > 0 ? $" ({names})" : "")}, and every index and default that uses it",
                "FUNCTION" or "PROCEDURE" or "ROUTINE" or "AGGREGATE" => "every default, expression index, trigger, view and policy that calls it",
                "VIEW" or "MATERIALIZED VIEW" => "every view and function that reads it",
                "SEQUENCE" => "the defaults that number rows from it",
                _ => "everything that depends on it",
            };
            context.Report(this,
                $"DROP {statement.ObjectKind} {name.Sql} CASCADE also takes {what}, without asking.",
                "Leave CASCADE out, look at what the server names as dependent, and decide for each.",
                new Report { Level = statement.ObjectKind is "TYPE" or "DOMAIN" or "EXTENSION" ? Info.Level : RiskLevel.Risky });
        }
    }
}
