using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>The replica identity decides what logical replication can send of updates and deletes.</summary>
internal sealed class ReplicaIdentityChange() : ActionRule<ReplicaIdentity>("replica-identity-change", RiskLevel.Risky, "The replica identity decides what logical replication can send of updates and deletes.")
{
    /// <inheritdoc/>
    protected override void Check(ReplicaIdentity action, ActionImpact impact, RuleContext context)
    {
        context.Report(this,
            action.Choice switch
            {
                "NOTHING" => $"With REPLICA IDENTITY NOTHING, updates and deletes of {context.Table.Key} fail as soon as it is published.",
                "FULL" => $"With REPLICA IDENTITY FULL, every update and delete of {context.Table.Key} writes the whole old row to the log, and subscribers may search for it row by row.",
                _ => $"Logical replication of {context.Table.Key} finds rows by another key from the commit on.",
            },
            "Check the publications and subscribers of the table first.",
            new Report { Level = action.Choice == "NOTHING" ? Info.Level : RiskLevel.Safe });
    }
}
