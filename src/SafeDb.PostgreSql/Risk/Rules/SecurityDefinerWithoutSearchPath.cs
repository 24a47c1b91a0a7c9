using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A SECURITY DEFINER function without its own search_path runs what a caller puts in its way.</summary>
internal sealed class SecurityDefinerWithoutSearchPath() : StatementRule<CreateFunction>("security-definer-without-search-path", RiskLevel.Risky, "A SECURITY DEFINER function without its own search_path runs what a caller puts in its way.")
{
    /// <inheritdoc/>
    protected override void Check(CreateFunction statement, RuleContext context)
    {
        if (statement is { SecurityDefiner: true, SetsSearchPath: false })
        {
            context.Report(this,
                $"{context.Model.Qualify(statement.Name).Sql} runs with its owner's rights but looks names up in the caller's search_path: a caller can put a function or table of his own in its way.",
                "Add SET search_path = pg_catalog, pg_temp (and the schemas it needs) to the function, and qualify names.");
        }
    }
}
