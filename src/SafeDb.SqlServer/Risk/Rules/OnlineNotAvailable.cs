using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>ONLINE or RESUMABLE where the edition or the transaction refuses it.</summary>
internal sealed class OnlineNotAvailable : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-online-not-available", RiskLevel.Risky, "ONLINE needs Enterprise, Developer or Azure SQL; RESUMABLE also needs ONLINE and no open transaction.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        IList<IndexOption> options = context.Statement switch
        {
            CreateIndexStatement create => create.IndexOptions,
            AlterIndexStatement alter => alter.IndexOptions,
            AlterTableAddTableElementStatement add => [.. TSqlShape.AddedConstraints(add).OfType<UniqueConstraintDefinition>().SelectMany(unique => unique.IndexOptions)],
            _ => [],
        };
        bool online = TSqlShape.IsOn(options, IndexOptionKind.Online);
        bool resumable = TSqlShape.IsOn(options, IndexOptionKind.Resumable);
        if (online && context.KnownStandard)
        {
            yield return Finding($"ONLINE = ON fails with Msg 1712 on {context.Options.Edition}.", "Leave it out and run the build in a maintenance window.");
        }

        if (resumable && !online)
        {
            yield return Finding("RESUMABLE = ON without ONLINE = ON fails.", "Add ONLINE = ON.");
        }

        int since = context.Statement switch { AlterIndexStatement => 14, CreateIndexStatement => 15, _ => 16 };
        if (resumable && context.Major < since)
        {
            yield return Finding($"RESUMABLE = ON of this statement needs {TSqlContext.ProductName(since)}; the server is {TSqlContext.ProductName(context.Major)}.", "Leave it out, or upgrade first.");
        }

        if (resumable && context.State.InTransaction)
        {
            yield return Finding("RESUMABLE = ON fails inside an explicit transaction (Msg 574).", "Move the statement outside the transaction.");
        }
    }

    private RiskFinding Finding(string message, string advice) => new(Info.Id, Info.Level, message, advice);
}
