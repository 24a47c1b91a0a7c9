using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>json has no equality: DISTINCT, UNION and GROUP BY fail on it.</summary>
internal sealed class JsonColumn() : PgRule("json-column", RiskLevel.Safe, "json has no equality: DISTINCT, UNION and GROUP BY fail on it.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        foreach (ColumnDefinition column in context.NewColumns.Where(column => column.Type?.Is("json") == true))
        {
            context.Report(this, $"{column.Name} is json: SELECT DISTINCT, UNION and GROUP BY over it fail, and it cannot be indexed.", "Use jsonb, unless the text must be kept as it came (blanks, order and duplicate keys).");
        }
    }
}
