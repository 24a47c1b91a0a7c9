using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>A changed column type.</summary>
internal sealed class AlterColumnType : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-alter-column-type", RiskLevel.Risky, "Changing a column's type can write every row, or fail on values that do not fit.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        if (context.Statement is not AlterTableAlterColumnStatement { DataType: not null } alter || context.IsNew(alter.SchemaObjectName))
        {
            yield break;
        }

        string table = TSqlNames.Of(alter.SchemaObjectName);
        string column = alter.ColumnIdentifier.Value;
        string? old = context.Options.Catalog?.Find(table)?.Columns.FirstOrDefault(known => known.Name.Equals(column, StringComparison.OrdinalIgnoreCase))?.Type;
        string type = context.Sql.Substring(alter.DataType.StartOffset - context.Statement.StartOffset, alter.DataType.FragmentLength);
        if (old is not null && Widening(old, type))
        {
            yield break;
        }

        yield return new RiskFinding(Info.Id, Info.Level,
            $"{table}.{column} becomes {type}{(old is null ? string.Empty : $" (it is {old})")}: other than widening a varchar, nvarchar or varbinary short of MAX, SQL Server checks or writes every row under a Sch-M lock, and a value that does not fit fails with Msg 2628 or 8115. Indexes on the column fail it with Msg 5074.",
            "Add a new column of the new type, keep both in step with a trigger, fill it in batches, then switch the names in a short window.") { Relation = table };
    }

    // Only these change metadata alone: the same variable-length type, longer, and not to MAX.
    private static bool Widening(string old, string type)
    {
        (string Name, int Length)? from = Parts(old);
        (string Name, int Length)? to = Parts(type);
        return from is { } before && to is { } after && before.Name == after.Name && after.Length >= before.Length;
    }

    private static (string Name, int Length)? Parts(string type)
    {
        int open = type.IndexOf('(', StringComparison.Ordinal);
        int close = type.IndexOf(')', StringComparison.Ordinal);
        if (open < 0 || close < open || !int.TryParse(type[(open + 1)..close].Trim(), System.Globalization.CultureInfo.InvariantCulture, out int length))
        {
            return null;
        }

        string name = type[..open].Trim().Trim('[', ']').ToLowerInvariant();
        return name is "varchar" or "nvarchar" or "varbinary" ? (name, length) : null;
    }
}
