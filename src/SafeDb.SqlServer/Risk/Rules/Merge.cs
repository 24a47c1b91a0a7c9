using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>MERGE.</summary>
internal sealed class Merge : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-merge", RiskLevel.Risky, "MERGE without HOLDLOCK races, and WHEN NOT MATCHED BY SOURCE THEN DELETE removes what the source lacks.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is MergeStatement { MergeSpecification: { } merge } && merge.Target is NamedTableReference target)
        {
            string table = TSqlNames.Of(target.SchemaObject);
            bool deletes = merge.ActionClauses.Any(clause => clause is { Condition: MergeCondition.NotMatchedBySource, Action: DeleteMergeAction });
            bool held = target.TableHints.Any(hint => hint.HintKind is TableHintKind.HoldLock or TableHintKind.Serializable);
            if (deletes || !held)
            {
                yield return new RiskFinding(Info.Id, deletes ? RiskLevel.Dangerous : Info.Level,
                    deletes ? $"Every row of {table} that the source lacks is deleted: an empty or filtered source empties the table." : $"MERGE into {table} without HOLDLOCK can insert duplicates or fail while others write.",
                    deletes ? "Delete in a statement of its own with a WHERE that can be counted first." : "Add WITH (HOLDLOCK), or write UPDATE and INSERT.") { Relation = table };
            }
        }
    }
}
