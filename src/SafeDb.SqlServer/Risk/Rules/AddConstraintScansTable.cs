using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>CHECK and FOREIGN KEY that are checked while the table is locked.</summary>
internal sealed class AddConstraintScansTable : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-add-constraint-scans-table", RiskLevel.Risky, "A CHECK or FOREIGN KEY added with its check reads every row under a Sch-M lock.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is not AlterTableAddTableElementStatement add || add.ExistingRowsCheckEnforcement == ConstraintEnforcement.NoCheck || context.IsNew(add.SchemaObjectName))
        {
            yield break;
        }

        string table = TSqlNames.Of(add.SchemaObjectName);
        foreach (ConstraintDefinition constraint in TSqlShape.AddedConstraints(add).Where(constraint => constraint is CheckConstraintDefinition or ForeignKeyConstraintDefinition))
        {
            string other = constraint is ForeignKeyConstraintDefinition foreign ? $" and holds a Sch-M lock on {TSqlNames.Of(foreign.ReferenceTableName)}" : string.Empty;
            string? name = constraint.ConstraintIdentifier?.Value;
            string text = context.Sql.Substring(constraint.StartOffset - context.Statement.StartOffset, constraint.FragmentLength);
            yield return new RiskFinding(Info.Id, Info.Level, $"The constraint {name ?? "without a name"} on {table} reads every row while all wait{other}.",
                "Add it WITH NOCHECK, then check it in a statement of its own, which holds only weaker locks. Until then the optimiser does not trust it.")
            {
                Relation = table,
                SaferSql = name is null || add.Definition.ColumnDefinitions.Count > 0 ? null : $"ALTER TABLE {table} WITH NOCHECK ADD {text};\nGO\nALTER TABLE {table} WITH CHECK CHECK CONSTRAINT [{name}];",
            };
        }
    }
}
