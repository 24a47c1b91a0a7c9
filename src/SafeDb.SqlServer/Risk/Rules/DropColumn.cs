using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>Dropped columns and constraints.</summary>
internal sealed class DropColumn : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-drop-column", RiskLevel.Risky, "A dropped column's values are lost; its space is not given back, and a default constraint on it fails the drop.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is not AlterTableDropTableElementStatement drop || context.IsNew(drop.SchemaObjectName))
        {
            yield break;
        }

        string table = TSqlNames.Of(drop.SchemaObjectName);
        foreach (AlterTableDropTableElement element in drop.AlterTableDropTableElements.Where(element => element.TableElementType == TableElementType.Column))
        {
            yield return new RiskFinding(Info.Id, Info.Level,
                $"The values of {table}.{element.Name.Value} are lost for good. A default constraint or index on it fails the drop with Msg 5074, and row size and space come back only with a rebuild.",
                "Stop using the column one release earlier, copy its values away, drop its named default constraint first.") { Relation = table };
        }
    }
}
