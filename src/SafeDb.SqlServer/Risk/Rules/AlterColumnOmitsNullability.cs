using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>ALTER COLUMN without NULL or NOT NULL.</summary>
internal sealed class AlterColumnOmitsNullability : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-alter-column-omits-nullability", RiskLevel.Risky, "ALTER COLUMN without NULL or NOT NULL silently makes a required column nullable.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is AlterTableAlterColumnStatement { DataType: not null, AlterTableAlterColumnOption: AlterTableAlterColumnOption.NoOptionDefined } alter && !context.IsNew(alter.SchemaObjectName))
        {
            string table = TSqlNames.Of(alter.SchemaObjectName);
            yield return new RiskFinding(Info.Id, Info.Level, $"ALTER COLUMN {alter.ColumnIdentifier.Value} says neither NULL nor NOT NULL: the session's default decides, and a NOT NULL column becomes nullable without a word.",
                "State NULL or NOT NULL in every ALTER COLUMN.") { Relation = table };
        }
    }
}
