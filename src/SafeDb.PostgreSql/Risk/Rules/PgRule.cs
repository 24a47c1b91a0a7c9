using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>One danger of PostgreSQL. One rule is one file, with its page <c>docs/rules/{id}.md</c> and its tests.</summary>
internal abstract class PgRule(string id, RiskLevel level, string summary)
{
    /// <summary>The rule's id, usual level and summary.</summary>
    public RiskRuleInfo Info { get; } = new(id, level, summary);

    /// <summary>Reports what it finds in a statement.</summary>
    public abstract void Check(RuleContext context);
}

/// <summary>A rule about one kind of statement.</summary>
internal abstract class StatementRule<T>(string id, RiskLevel level, string summary) : PgRule(id, level, summary)
    where T : PgStatement
{
    /// <inheritdoc/>
    public sealed override void Check(RuleContext context)
    {
        if (context.Statement is T statement)
        {
            Check(statement, context);
        }
    }

    /// <summary>Reports what it finds.</summary>
    protected abstract void Check(T statement, RuleContext context);
}

/// <summary>A rule about one kind of action of ALTER TABLE on a table that exists already.</summary>
internal abstract class ActionRule<T>(string id, RiskLevel level, string summary) : PgRule(id, level, summary)
    where T : AlterAction
{
    /// <inheritdoc/>
    public sealed override void Check(RuleContext context)
    {
        if (context.Statement is not AlterTable alter || context.Table.IsNew)
        {
            return;
        }

        for (int i = 0; i < alter.Actions.Count; i++)
        {
            if (alter.Actions[i] is T action && !context.Impact.Actions[i].NoOp)
            {
                Check(action, context.Impact.Actions[i], context);
            }
        }
    }

    /// <summary>Reports what it finds.</summary>
    protected abstract void Check(T action, ActionImpact impact, RuleContext context);
}
