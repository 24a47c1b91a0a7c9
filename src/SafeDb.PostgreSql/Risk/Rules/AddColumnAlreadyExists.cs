using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ADD COLUMN IF NOT EXISTS says nothing when the column exists with another type.</summary>
internal sealed class AddColumnAlreadyExists() : StatementRule<AlterTable>("add-column-already-exists", RiskLevel.Risky, "ADD COLUMN IF NOT EXISTS says nothing when the column exists with another type.")
{
    /// <inheritdoc/>
    protected override void Check(AlterTable statement, RuleContext context)
    {
        foreach (AddColumn add in statement.Actions.OfType<AddColumn>())
        {
            PgColumn? existing = context.Table.Column(add.Column.Name);
            if (add.IfNotExists && existing?.Type is { } type && add.Column.Type is { } wanted && !type.Same(wanted with { Serial = type.Serial }))
            {
                context.Report(this,
                    $"{context.Table.Key}.{add.Column.Name} exists already as {type.Sql}: IF NOT EXISTS passes over it without a word, and the column stays {type.Sql}, not {wanted.Sql}.",
                    "Leave IF NOT EXISTS out, so that the difference shows, or change the type in a migration of its own.");
            }
        }
    }
}
