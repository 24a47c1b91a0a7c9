namespace SafeDb.Sqlite.Sql;

/// <summary>Reads ALTER TABLE, also in the forms of other engines, so that they can be named.</summary>
internal static class SqliteAlterParser
{
    public static SqliteStatement Alter(SqliteCursor cursor)
    {
        cursor.ExpectWord("alter");
        cursor.ExpectWord("table");
        SqliteName table = cursor.QualifiedName("the name of the table");
        return cursor.TakeWord("rename") ? Rename(cursor, table)
            : cursor.TakeWord("add") ? Add(cursor, table)
            : cursor.TakeWord("drop") ? Drop(cursor, table)
            : cursor.TakeWord("alter") ? AlterColumn(cursor, table, "ALTER COLUMN")
            : cursor.TakeWord("modify") || cursor.TakeWord("change") ? AlterColumn(cursor, table, "MODIFY COLUMN")
            : Foreign(cursor, table, $"ALTER TABLE … {cursor.Span(cursor.Current).ToString().ToUpperInvariant()}");
    }

    private static AlterTable Rename(SqliteCursor cursor, SqliteName table)
    {
        AlterTable renamed;
        if (cursor.TakeWord("to"))
        {
            renamed = new RenameTable(table, cursor.Name("the new name"));
        }
        else
        {
            _ = cursor.TakeWord("column");
            string column = cursor.Name("the column");
            cursor.ExpectWord("to");
            renamed = new RenameColumn(table, column, cursor.Name("the new name"));
        }

        return cursor.AtEnd ? renamed : throw cursor.Expected("the end of the statement");
    }

    private static AlterTable Add(SqliteCursor cursor, SqliteName table)
    {
        if (cursor.IsWord("constraint") || cursor.IsWord("check") || cursor.IsWord("foreign") || cursor.IsWord("primary") || cursor.IsWord("unique"))
        {
            return AddConstraint(cursor, table);
        }

        _ = cursor.TakeWord("column");
        if (cursor.TakeWords("if", "not", "exists"))
        {
            return Foreign(cursor, table, "ADD COLUMN IF NOT EXISTS");
        }

        ColumnDefinition column = SqliteColumnParser.Column(cursor);
        return cursor.AtEnd ? new AddColumn(table, column) : Foreign(cursor, table, "ADD COLUMN of several columns");
    }

    private static AlterTable AddConstraint(SqliteCursor cursor, SqliteName table)
    {
        string? name = cursor.TakeWord("constraint") ? cursor.Name("the name of the constraint") : null;
        if (cursor.TakeWord("check"))
        {
            string expression = cursor.SkipParentheses();
            cursor.SkipToEnd();
            return new AlterConstraint(table, "ADD CHECK", null, name, expression);
        }

        return Foreign(cursor, table, cursor.IsWord("foreign") ? "ADD FOREIGN KEY" : cursor.IsWord("primary") ? "ADD PRIMARY KEY" : cursor.IsWord("unique") ? "ADD UNIQUE" : "ADD CONSTRAINT");
    }

    private static AlterTable Drop(SqliteCursor cursor, SqliteName table)
    {
        if (cursor.TakeWord("constraint"))
        {
            string? name = cursor.TakeWords("if", "exists") ? null : cursor.Name("the name of the constraint");
            cursor.SkipToEnd();
            return name is null ? Foreign(cursor, table, "DROP CONSTRAINT IF EXISTS") : new AlterConstraint(table, "DROP CONSTRAINT", null, name, null);
        }

        _ = cursor.TakeWord("column");
        if (cursor.TakeWords("if", "exists"))
        {
            return Foreign(cursor, table, "DROP COLUMN IF EXISTS");
        }

        string column = cursor.Name("the column");
        return cursor.AtEnd ? new DropColumn(table, column) : Foreign(cursor, table, "DROP COLUMN of several columns");
    }

    private static AlterTable AlterColumn(SqliteCursor cursor, SqliteName table, string form)
    {
        _ = cursor.TakeWord("column");
        string column = cursor.Name("the column");
        if (cursor.TakeWords("set", "not", "null"))
        {
            return new AlterConstraint(table, "SET NOT NULL", column, null, null);
        }

        if (cursor.TakeWords("drop", "not", "null"))
        {
            return new AlterConstraint(table, "DROP NOT NULL", column, null, null);
        }

        string? type = null;
        if (cursor.TakeWords("set", "data", "type") || cursor.TakeWord("type") || form == "MODIFY COLUMN")
        {
            int start = cursor.Current.Start;
            cursor.SkipToEnd();
            type = cursor.TextFrom(start, "the type");
        }

        return new ForeignForm(table, type is null ? form : $"{form} TYPE", column, type);
    }

    private static ForeignForm Foreign(SqliteCursor cursor, SqliteName table, string form)
    {
        cursor.SkipToEnd();
        return new ForeignForm(table, form, null, null);
    }
}
