using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>Dropped and emptied tables.</summary>
internal sealed class DropTable : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-drop-table", RiskLevel.Dangerous, "A dropped or truncated table's rows are lost.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        IEnumerable<SchemaObjectName> names = context.Statement switch
        {
            DropTableStatement drop => drop.Objects,
            TruncateTableStatement truncate => [truncate.TableName],
            _ => [],
        };
        foreach (SchemaObjectName name in names.Where(name => !context.IsNew(name) && !name.BaseIdentifier.Value.StartsWith('#')))
        {
            string table = TSqlNames.Of(name);
            yield return new RiskFinding(Info.Id, Info.Level, $"All rows of {table} are lost.", "Rename the table, run one release without it, then drop it with a fresh verified backup at hand.") { Relation = table };
        }
    }
}
