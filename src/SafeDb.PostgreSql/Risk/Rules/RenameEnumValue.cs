using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Running code that writes or compares the old enum value fails from the commit on.</summary>
internal sealed class RenameEnumValue() : StatementRule<AlterType>("rename-enum-value", RiskLevel.Risky, "Running code that writes or compares the old enum value fails from the commit on.")
{
    /// <inheritdoc/>
    protected override void Check(AlterType statement, RuleContext context)
    {
        if (statement.Change == "RENAME VALUE")
        {
            context.Report(this,
                $"'{statement.Value}' of {context.Model.Qualify(statement.Name).Sql} becomes '{statement.NewValue}' in every row at once: running code that writes or compares the old value fails.",
                "Add the new value, move the rows in batches, and stop using the old one; enum values need not be dropped.");
        }
        else if (statement.Change is "ATTRIBUTE" && statement.Cascade)
        {
            context.Report(this,
                $"The change of {context.Model.Qualify(statement.Name).Sql} goes through to every typed table.",
                "List the typed tables first.");
        }
    }
}
