using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>NULL becomes NOT NULL.</summary>
internal sealed class SetNotNullScansTable : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-set-not-null-scans-table", RiskLevel.Risky, "Making a column NOT NULL reads and logs every row under a Sch-M lock, and fails on a NULL.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is not AlterTableAlterColumnStatement { AlterTableAlterColumnOption: AlterTableAlterColumnOption.NotNull } alter || context.IsNew(alter.SchemaObjectName))
        {
            yield break;
        }

        string table = TSqlNames.Of(alter.SchemaObjectName);
        string column = alter.ColumnIdentifier.Value;
        if (context.Options.Catalog?.Find(table)?.Columns.Any(known => known.NotNull && known.Name.Equals(column, StringComparison.OrdinalIgnoreCase)) == true)
        {
            yield break;
        }

        yield return new RiskFinding(Info.Id, Info.Level, $"{table}.{column} becomes NOT NULL: every row is read and logged while all readers and writers wait, and a single NULL fails it with Msg 515.",
            "First prove it with a trusted CHECK (column IS NOT NULL), added WITH NOCHECK and checked afterwards; then alter the column in a short window.")
        {
            Relation = table,
            SaferSql = $"ALTER TABLE {table} WITH NOCHECK ADD CONSTRAINT [CK_{alter.SchemaObjectName.BaseIdentifier.Value}_{column}_NotNull] CHECK ([{column}] IS NOT NULL);\nGO\nALTER TABLE {table} WITH CHECK CHECK CONSTRAINT [CK_{alter.SchemaObjectName.BaseIdentifier.Value}_{column}_NotNull];",
        };
    }
}
