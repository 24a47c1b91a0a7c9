using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>Dropped indexes.</summary>
internal sealed class DropIndex : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-drop-index", RiskLevel.Risky, "Dropping an index takes a Sch-M lock; dropping a clustered one writes the table anew as a heap.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is not DropIndexStatement drop)
        {
            yield break;
        }

        foreach (DropIndexClause clause in drop.DropIndexClauses.OfType<DropIndexClause>().Where(clause => !context.IsNew(clause.Object)))
        {
            string table = TSqlNames.Of(clause.Object);
            yield return new RiskFinding(Info.Id, Info.Level,
                $"DROP INDEX takes a Sch-M lock on {table}: everybody waits behind the longest query on it, queries that used {clause.Index.Value} become slow at once, and if it is the clustered index, the table is written anew as a heap with all its indexes.",
                "See in sys.dm_db_index_usage_stats that nobody reads it, disable it one release earlier, and keep its CREATE INDEX at hand.") { Relation = table };
        }
    }
}
