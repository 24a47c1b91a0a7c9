using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>A new column whose default must be written into every row under a Sch-M lock.</summary>
internal sealed class AddDefaultRewritesTable : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-add-default-rewrites-table", RiskLevel.Risky, "Adding the column writes every row while all readers and writers wait.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is not AlterTableAddTableElementStatement add || context.IsNew(add.SchemaObjectName))
        {
            yield break;
        }

        string table = TSqlNames.Of(add.SchemaObjectName);
        foreach (ColumnDefinition column in add.Definition.ColumnDefinitions)
        {
            if (Reason(context, column) is { } reason)
            {
                yield return new RiskFinding(Info.Id, Info.Level, $"Adding {table}.{column.ColumnIdentifier.Value} writes every row of {table} under a Sch-M lock: {reason}.",
                    "Add the column as NULL without default, add the default for new rows, fill old rows in batches of at most 4,000, then make it NOT NULL.") { Relation = table };
            }
        }
    }

    private static string? Reason(TSqlContext context, ColumnDefinition column)
    {
        if (column.IdentityOptions is not null)
        {
            return "IDENTITY numbers the existing rows";
        }

        if (column.IsPersisted)
        {
            return "a persisted computed column is computed for each row";
        }

        if (column.DefaultConstraint is not { } withDefault || !(TSqlShape.IsNotNull(column) || withDefault.WithValues))
        {
            return null;
        }

        return (TSqlShape.IsRunTimeConstant(withDefault.Expression), TSqlShape.IsLargeObject(column.DataType)) switch
        {
            (false, _) => "the default differs from row to row",
            (_, true) => "a large-object column is never added by metadata alone",
            _ => context.EnterpriseFeatures ? null : context.KnownStandard ? "this edition does not add defaults by metadata" : "only Enterprise, Developer and Azure SQL add a constant default by metadata alone",
        };
    }
}
