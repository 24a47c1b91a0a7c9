using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Creating or dropping a trigger waits for all writers, and changes what every later write does.</summary>
internal sealed class TriggerBlocksWrites() : PgRule("trigger-blocks-writes", RiskLevel.Safe, "Creating or dropping a trigger waits for all writers, and changes what every later write does.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        PgTable? table = context.Statement switch
        {
            CreateTrigger create => context.Model.Get(create.Table),
            DropObjects { ObjectKind: "TRIGGER", OnTable: { } on } => context.Model.Get(on),
            _ => null,
        };
        if (table is { IsNew: false })
        {
            bool drop = context.Statement is DropObjects;
            context.Report(this,
                $"{table.Key} is locked {(drop ? "AccessExclusive: reads and writes wait" : "ShareRowExclusive: writes wait")} for a moment, behind the longest transaction.",
                "Set a lock_timeout and try again when it runs out.",
                new Report { Relation = table.Key, Level = drop && context.State.LockTimeout is null ? RiskLevel.Risky : Info.Level });
        }
    }
}
