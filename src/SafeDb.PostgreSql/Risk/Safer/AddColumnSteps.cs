using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>ADD COLUMN in steps, none of which reads or writes the table under a strong lock.</summary>
internal static class AddColumnSteps
{
    /// <summary>The steps, or null when there are none that end in the same schema.</summary>
    public static string? Of(RuleContext context, ColumnDefinition column)
    {
        if (column.Type is not { } type || column.Generated is not null || context.Table.IsPartitioned)
        {
            return null;
        }

        string name = PgName.Quote(column.Name);
        var script = new SaferScript();
        string plainType = (type with { Serial = false }).Sql;
        string collation = column.Collation is null ? "" : $" COLLATE {column.Collation.Sql}";
        var first = new List<string> { $"{context.AlterSql} ADD COLUMN {name} {plainType}{collation}" };
        string? backfill = Numbering(context, column, type, first, out string[] finish);
        if (backfill is null && column.Default is { } value)
        {
            first.Add($"{context.AlterSql} ALTER COLUMN {name} SET DEFAULT {value.Text}");
            backfill = value.IsNull ? null : "DEFAULT";
        }

        script.Migration([.. first]);
        if (backfill is not null)
        {
            script.Migration(BatchLine.Of(context.Table) + $"UPDATE {context.Table.Key} SET {name} = {backfill} WHERE {name} IS NULL");
        }

        bool primary = column.Constraints.Any(constraint => constraint.Kind == ConstraintKind.PrimaryKey);
        if (column.NotNull && !primary)
        {
            NotNullSteps.Add(script, context.AlterSql, context.Table.Name.Name, [column.Name], []);
        }

        foreach (TableConstraint constraint in column.Constraints)
        {
            if (!ConstraintSteps.Add(script, context, constraint, knownNotNull: !primary && column.NotNull))
            {
                return null;
            }
        }

        return (finish.Length > 0 ? script.Migration(finish) : script).ToString();
    }

    private static string? Numbering(RuleContext context, ColumnDefinition column, PgType type, List<string> first, out string[] finish)
    {
        finish = [];
        if (!type.Serial && !column.Identity)
        {
            return null;
        }

        string name = PgName.Quote(column.Name);
        string sequence = new PgName(context.Table.Name.Schema, $"{context.Table.Name.Name}_{column.Name}_{(column.Identity ? "numbers" : "seq")}").Sql;
        string literal = sequence.Replace("'", "''", StringComparison.Ordinal);
        first.Insert(0, $"CREATE SEQUENCE {sequence} AS {type.Name}");
        first.Add($"{context.AlterSql} ALTER COLUMN {name} SET DEFAULT nextval('{literal}')");
        if (!column.Identity)
        {
            first.Add($"ALTER SEQUENCE {sequence} OWNED BY {context.Table.Key}.{name}");
            return $"nextval('{literal}')";
        }

        string always = column.Text.Contains("always", StringComparison.OrdinalIgnoreCase) ? "ALWAYS" : "BY DEFAULT";
        string table = context.Table.Key.Replace("'", "''", StringComparison.Ordinal);
        finish =
        [
            $"{context.AlterSql} ALTER COLUMN {name} DROP DEFAULT, ALTER COLUMN {name} ADD GENERATED {always} AS IDENTITY",
            $"SELECT setval(pg_get_serial_sequence('{table}', '{column.Name.Replace("'", "''", StringComparison.Ordinal)}'), nextval('{literal}'), false)",
            $"DROP SEQUENCE {sequence}",
        ];
        return $"nextval('{literal}')";
    }
}
