using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>An integer key ends at 2,147,483,647; changing it later writes the table anew.</summary>
internal sealed class SmallPrimaryKey() : PgRule("small-primary-key", RiskLevel.Safe, "An integer key ends at 2,147,483,647; changing it later writes the table anew.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        foreach (ColumnDefinition column in context.NewColumns.Where(column => column.Type?.Is("integer", "smallint") == true && (column.Type.Serial || column.Identity)))
        {
            context.Report(this, $"{column.Name} is numbered as {column.Type!.Name}: inserts fail when the numbers run out, and the change to bigint writes the table anew.", "Use bigint for keys that the database numbers.");
        }
    }
}
