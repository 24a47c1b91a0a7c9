using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>char(n), money and timestamp without time zone hold something else than most expect.</summary>
internal sealed class AwkwardColumnType() : PgRule("awkward-column-type", RiskLevel.Safe, "char(n), money and timestamp without time zone hold something else than most expect.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        foreach (ColumnDefinition column in context.NewColumns)
        {
            string? why = column.Type switch
            {
                { Name: "character", Dimensions: 0, Modifier: > 1 } => "character(n) pads with blanks and cannot be widened without writing the table anew; use text or character varying",
                { Name: "money" } => "money depends on the server's lc_monetary and has a fixed number of decimals; use numeric",
                { Name: "time with time zone" } => "time with time zone has an offset but no date to make sense of it; use timestamp with time zone",
                _ => null,
            };
            if (why is not null)
            {
                context.Report(this, $"{column.Name}: {why}.", "Choose the type now: changing it later is what costs.");
            }
        }
    }
}
