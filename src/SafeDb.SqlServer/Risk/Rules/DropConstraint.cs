using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>Dropped constraints.</summary>
internal sealed class DropConstraint : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-drop-constraint", RiskLevel.Risky, "A dropped constraint no longer guards the rows; dropping a clustered primary key rebuilds the table and all its indexes.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is AlterTableDropTableElementStatement drop && !context.IsNew(drop.SchemaObjectName))
        {
            string table = TSqlNames.Of(drop.SchemaObjectName);
            foreach (AlterTableDropTableElement element in drop.AlterTableDropTableElements.Where(element => element.TableElementType != TableElementType.Column))
            {
                string name = element.Name.Value;
                bool key = name.StartsWith("PK", StringComparison.OrdinalIgnoreCase)
                    || context.Options.Catalog?.Find(table)?.Constraints.Any(known => known.Key.Equals(name, StringComparison.OrdinalIgnoreCase) && known.Value.Contains("PRIMARY KEY", StringComparison.OrdinalIgnoreCase)) == true;
                yield return new RiskFinding(Info.Id, key ? RiskLevel.Dangerous : Info.Level,
                    key ? $"{name} is the primary key of {table}: without it duplicates get in, and a clustered one turns the table into a heap, rebuilding every index." : $"{name} no longer guards {table}.",
                    key ? "Build the new key beside the old one, switch in one short transaction." : "Make sure that the application guards the rule, or replace the constraint in the same migration.") { Relation = table };
            }
        }
    }
}
