using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A sequence that starts again gives numbers that rows have already.</summary>
internal sealed class SequenceRestart() : StatementRule<SequenceStatement>("sequence-restart", RiskLevel.Risky, "A sequence that starts again gives numbers that rows have already.")
{
    /// <inheritdoc/>
    protected override void Check(SequenceStatement statement, RuleContext context)
    {
        if (statement is { Kind: "AlterSequence", Restart: true } && context.Model.Find(statement.Name) is not { IsNew: true })
        {
            context.Report(this,
                $"{context.Model.Qualify(statement.Name).Sql} starts again: the next numbers may be taken, and inserts fail or, without a key, duplicate.",
                "Restart above the highest number in use: SELECT setval(sequence, max(column)) FROM table.");
        }
    }
}
