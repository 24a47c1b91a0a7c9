using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>UPDATE and DELETE that may lock the whole table.</summary>
internal sealed class LargeChangeEscalates : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-large-change-escalates", RiskLevel.Risky, "An UPDATE or DELETE of about 5,000 rows or more escalates to a lock on the whole table.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        (TableReference? Target, TopRowFilter? Top) change = context.Statement switch
        {
            UpdateStatement { UpdateSpecification: { } update } => (update.Target, update.TopRowFilter),
            DeleteStatement { DeleteSpecification: { } delete } => (delete.Target, delete.TopRowFilter),
            _ => (null, null),
        };
        if (change is { Target: NamedTableReference target, Top: null } && !context.IsNew(target.SchemaObject))
        {
            string table = TSqlNames.Of(target.SchemaObject);
            yield return new RiskFinding(Info.Id, Info.Level, $"Nothing bounds how many rows of {table} change at once; from about 5,000 on, the lock covers the whole table and the log holds them all.",
                "Change TOP (4000) rows at a time in a loop, each in its own transaction.") { Relation = table };
        }
    }
}
