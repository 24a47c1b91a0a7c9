using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Row-level security changes which rows queries see, at once and without an error.</summary>
internal sealed class RowSecurityHidesRows() : PgRule("row-security-hides-rows", RiskLevel.Risky, "Row-level security changes which rows queries see, at once and without an error.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        (string? relation, string? what) = context.Statement switch
        {
            AlterTable alter when alter.Actions.OfType<RowSecurity>().FirstOrDefault() is { } change && !context.Table.IsNew => (context.Table.Key, change.Change switch
            {
                "ENABLE" => "without a policy that lets them through, rows vanish for everybody but the owner",
                "FORCE" => "the policies now bind the owner too",
                "DISABLE" => "every row becomes visible to whoever may select",
                _ => "the owner sees every row again",
            }),
            TableDefinition { Kind: "CreatePolicy" or "AlterPolicy" } policy when context.Model.Get(policy.Table) is { IsNew: false } table => (table.Key, "other rows become visible or vanish for the roles it names"),
            DropObjects { ObjectKind: "POLICY", OnTable: { } on } when context.Model.Get(on) is { IsNew: false } table => (table.Key, "rows that only it let through vanish"),
            TableDefinition { Kind: "CreateRule" } definition when context.Model.Get(definition.Table) is { IsNew: false } table => (table.Key, "statements on it are rewritten into others"),
            _ => (null, null),
        };
        if (relation is not null)
        {
            context.Report(this, $"{relation}: {what}.", "Create the policies before row-level security is enabled, and try them with the application's role.", new Report { Relation = relation });
        }
    }
}
