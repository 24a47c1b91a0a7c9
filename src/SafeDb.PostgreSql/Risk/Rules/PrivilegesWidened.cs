using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>PUBLIC gets a privilege, or a role gets all of them.</summary>
internal sealed class PrivilegesWidened() : StatementRule<GrantStatement>("privileges-widened", RiskLevel.Risky, "PUBLIC gets a privilege, or a role gets all of them.")
{
    /// <inheritdoc/>
    protected override void Check(GrantStatement statement, RuleContext context)
    {
        bool all = statement.Privileges.TrimStart().StartsWith("all", StringComparison.OrdinalIgnoreCase);
        if (!statement.Revoke && statement.ToPublic)
        {
            context.Report(this, $"GRANT {statement.Privileges.Trim()} to PUBLIC: every role of the server has it from the commit on.", "Grant to the roles that need it.");
        }
        else if (statement.Revoke && all)
        {
            context.Report(this, "REVOKE ALL: running code of the role fails from the commit on if one of the privileges was in use.", "Revoke the privileges one by one, after pg_stat_statements or the logs show that they are not used.", new Report { Level = RiskLevel.Risky });
        }
    }
}
