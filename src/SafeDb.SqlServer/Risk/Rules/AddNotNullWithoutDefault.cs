using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>A required column that existing rows have no value for.</summary>
internal sealed class AddNotNullWithoutDefault : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-add-not-null-without-default", RiskLevel.Risky, "A NOT NULL column without default cannot be added to a table that has rows.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is not AlterTableAddTableElementStatement add || context.IsNew(add.SchemaObjectName))
        {
            yield break;
        }

        string table = TSqlNames.Of(add.SchemaObjectName);
        foreach (ColumnDefinition column in add.Definition.ColumnDefinitions.Where(column =>
            TSqlShape.IsNotNull(column) && column.DefaultConstraint is null && column.IdentityOptions is null && column.ComputedColumnExpression is null && !IsRowVersion(column)))
        {
            string name = column.ColumnIdentifier.Value;
            yield return new RiskFinding(Info.Id, Info.Level, $"{table}.{name} is NOT NULL without default: the statement succeeds on an empty table and fails with Msg 4901 as soon as there are rows.",
                "Add the column as NULL, fill it in batches, then make it NOT NULL.")
            {
                Relation = table,
                SaferSql = $"ALTER TABLE {table} ADD [{name}] {context.Sql.Substring(column.DataType.StartOffset - context.Statement.StartOffset, column.DataType.FragmentLength)} NULL;",
            };
        }
    }

    private static bool IsRowVersion(ColumnDefinition column) => column.DataType is SqlDataTypeReference { SqlDataTypeOption: SqlDataTypeOption.Rowversion or SqlDataTypeOption.Timestamp };
}
