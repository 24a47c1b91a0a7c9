using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>A lock timeout whose failure leaves the transaction open.</summary>
internal sealed class XactAbortOff : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-xact-abort-off", RiskLevel.Risky, "Without SET XACT_ABORT ON an error such as Msg 1222 leaves the transaction open and the script goes on.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is BeginTransactionStatement && !context.State.XactAbort)
        {
            yield return new RiskFinding(Info.Id, Info.Level, "The transaction begins without SET XACT_ABORT ON: many errors, a lock timeout among them, do not roll it back, and later statements run as if nothing had happened.",
                "Write SET XACT_ABORT ON at the top of the file.") { SaferSql = $"SET XACT_ABORT ON;\n{context.Sql};" };
        }
    }
}
