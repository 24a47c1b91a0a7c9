using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>A rename or SET SCHEMA takes effect at once, while running code still uses the old name.</summary>
internal sealed class RenameBreaksRunningCode() : PgRule("rename-breaks-running-code", RiskLevel.Risky, "A rename or SET SCHEMA takes effect at once, while running code still uses the old name.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        if (context.Statement is not AlterTable { Target: "TABLE" or "VIEW" or "MATERIALIZED VIEW" } alter || context.Table.IsNew)
        {
            return;
        }

        foreach (AlterAction action in alter.Actions)
        {
            (string What, string? Safer)? found = action switch
            {
                RenameTo rename when context.Table.Kind is not ("view" or "materialized view") => ($"{context.Table.Key} is called {rename.NewName}", RenameSteps.Table(context, rename.NewName)),
                RenameTo rename => ($"{context.Table.Key} is called {rename.NewName}", null),
                SetSchema set => ($"{context.Table.Key} lies in the schema {set.Schema}", RenameSteps.Schema(context, set.Schema)),
                RenameColumn rename => ($"{context.Table.Key}.{rename.Column} is called {rename.NewName}", RenameSteps.Column(context, rename)),
                _ => null,
            };
            if (found is { } rename2)
            {
                context.Report(this,
                    $"From the commit on, {rename2.What}: every query of running code that uses the old name fails. The AccessExclusive lock is brief, but waits behind the longest transaction.",
                    "Leave the old name usable until no code needs it: a view under the old name for a table, a second column kept the same by a trigger for a column.",
                    new Report { SaferSql = rename2.Safer });
            }
        }
    }
}
