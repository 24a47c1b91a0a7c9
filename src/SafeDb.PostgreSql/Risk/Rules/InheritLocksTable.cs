using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>INHERIT and NO INHERIT change which rows queries on the parent return.</summary>
internal sealed class InheritLocksTable() : StatementRule<AlterTable>("inherit-changes-queries", RiskLevel.Safe, "INHERIT and NO INHERIT change which rows queries on the parent return.")
{
    /// <inheritdoc/>
    protected override void Check(AlterTable statement, RuleContext context)
    {
        foreach (InheritParent inherit in statement.Actions.OfType<InheritParent>().Where(_ => !context.Table.IsNew))
        {
            context.Report(this,
                $"Queries on {context.Model.Key(inherit.Parent)} {(inherit.Remove ? "no longer return" : "return")} the rows of {context.Table.Key} from the commit on.",
                "Make sure that queries that must not see the child say ONLY.");
        }
    }
}
