using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.State;

/// <summary>Edits the text of a CREATE TABLE where its parts stand, so that everything else stays as its author wrote it.</summary>
internal static class TableEdit
{
    /// <summary>The table with one more column, as ALTER TABLE ADD COLUMN makes it: behind the last one, before the constraints.</summary>
    public static SqliteTable WithColumn(SqliteTable table, ColumnDefinition column, string? definition = null)
    {
        if (table.Sql is null || definition is null || table.Definition.Columns.Count == 0)
        {
            return table with { Sql = null, Definition = table.Definition with { Columns = [.. table.Definition.Columns, column] } };
        }

        ColumnDefinition last = table.Definition.Columns[^1];
        return Reread(table, table.Sql.Insert(last.Start + last.Length, $", {definition}"));
    }

    /// <summary>The table with a column's type replaced.</summary>
    public static SqliteTable? WithType(SqliteTable table, string column, string type)
    {
        if (table.Sql is null || table.Column(column) is not { } found)
        {
            return null;
        }

        string text = table.Sql.Substring(found.Start, found.Length);
        int after = SqliteLexer.Next(text, 0).EndOffset;
        int at = found.Type.Length == 0 ? -1 : text.IndexOf(found.Type, after, StringComparison.Ordinal);
        string changed = at < 0 ? text.Insert(after, $" {type}") : string.Concat(text.AsSpan(0, at), type, text.AsSpan(at + found.Type.Length));
        return Reread(table, table.Sql.Remove(found.Start, found.Length).Insert(found.Start, changed));
    }

    /// <summary>The table with text put behind a column's definition.</summary>
    public static SqliteTable? WithColumnSuffix(SqliteTable table, string column, string suffix) =>
        table.Sql is { } sql && table.Column(column) is { } found ? Reread(table, sql.Insert(found.Start + found.Length, $" {suffix}")) : null;

    /// <summary>The statement with another table name.</summary>
    public static string Renamed(string createSql, string name)
    {
        var create = (CreateTable)SqliteParser.Parse(createSql);
        return createSql.Remove(create.Name.Start, create.Name.Length).Insert(create.Name.Start, Quote(name));
    }

    /// <summary>A name in double quotes.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static SqliteTable Reread(SqliteTable table, string sql) =>
        SqliteParser.Parse(sql) is CreateTable definition ? table with { Sql = sql, Definition = definition } : table with { Sql = null };
}
