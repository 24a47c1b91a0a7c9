using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>Renames that leave the old name usable for a release.</summary>
internal static class RenameSteps
{
    /// <summary>The table renamed, and a view under its old name, which takes inserts and updates too.</summary>
    public static string Table(RuleContext context, string newName)
    {
        string renamed = new PgName(context.Table.Name.Schema, newName).Sql;
        return new SaferScript().Migration($"{context.AlterSql} RENAME TO {PgName.Quote(newName)}", $"CREATE VIEW {context.Table.Key} AS SELECT * FROM {renamed}")
            + $"\n-- one release later: DROP VIEW {context.Table.Key};";
    }

    /// <summary>The table moved, and a view under its old name.</summary>
    public static string Schema(RuleContext context, string schema)
    {
        string moved = new PgName(schema, context.Table.Name.Name).Sql;
        return new SaferScript().Migration($"{context.AlterSql} SET SCHEMA {PgName.Quote(schema)}", $"CREATE VIEW {context.Table.Key} AS SELECT * FROM {moved}")
            + $"\n-- one release later: DROP VIEW {context.Table.Key};";
    }

    /// <summary>A second column that a trigger keeps the same, until code has moved over.</summary>
    public static string? Column(RuleContext context, RenameColumn rename) =>
        !IsRead(context, rename.Column) && context.Table.Column(rename.Column) is { Type: { } type, Generated: null } column && !context.Table.IsPartitioned && context.Table.Kind is not ("view" or "materialized view")
            ? ExpandSteps.Of(context, rename.Column, rename.NewName, type, PgName.Quote(rename.Column), PgName.Quote(rename.NewName), column.NotNull, swap: false)
            : null;

    // A view follows a rename in place, but would hold on to the old column of two.
    private static bool IsRead(RuleContext context, string column) =>
        context.Model.ReadersOf(context.Table.Key).Any(view => view.Mentions.Count == 0 || view.Mentions.Contains(column, StringComparer.Ordinal))
        || context.State.Live?.UsersOf(context.Table.Key, column).Any() == true;
}
