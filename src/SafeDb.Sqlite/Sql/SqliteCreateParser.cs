namespace SafeDb.Sqlite.Sql;

/// <summary>Reads CREATE statements.</summary>
internal static class SqliteCreateParser
{
    public static SqliteStatement Create(SqliteCursor cursor)
    {
        cursor.ExpectWord("create");
        bool temporary = cursor.TakeWord("temp") || cursor.TakeWord("temporary");
        if (cursor.TakeWord("table"))
        {
            return Table(cursor, temporary);
        }

        if (cursor.TakeWords("virtual", "table"))
        {
            _ = cursor.TakeWords("if", "not", "exists");
            SqliteName name = cursor.QualifiedName("the name of the table");
            cursor.ExpectWord("using");
            string module = cursor.Name("the module");
            cursor.SkipToEnd();
            return new CreateVirtualTable(name, module.ToLowerInvariant());
        }

        bool unique = cursor.TakeWord("unique");
        return cursor.TakeWord("index") ? Index(cursor, unique)
            : cursor.TakeWord("view") ? View(cursor)
            : cursor.TakeWord("trigger") ? Trigger(cursor)
            : throw cursor.Expected("TABLE, INDEX, VIEW or TRIGGER");
    }

    private static CreateTable Table(SqliteCursor cursor, bool temporary)
    {
        bool ifNotExists = cursor.TakeWords("if", "not", "exists");
        SqliteName name = cursor.QualifiedName("the name of the table");
        if (cursor.TakeWord("as"))
        {
            List<string> reads = SqliteReads.From(cursor);
            return new CreateTable(name, [], []) { IfNotExists = ifNotExists, Temporary = temporary, AsSelect = true, Reads = reads };
        }

        cursor.ExpectSymbol('(');
        var columns = new List<ColumnDefinition>();
        var constraints = new List<TableConstraint>();
        do
        {
            if (SqliteColumnParser.TryTableConstraint(cursor) is { } constraint)
            {
                constraints.Add(constraint);

                // SQLite lets the comma between table constraints be left out.
                while (SqliteColumnParser.TryTableConstraint(cursor) is { } next)
                {
                    constraints.Add(next);
                }
            }
            else
            {
                columns.Add(SqliteColumnParser.Column(cursor));
            }
        }
        while (cursor.TakeSymbol(','));
        cursor.ExpectSymbol(')');
        return Options(cursor, new CreateTable(name, columns, constraints) { IfNotExists = ifNotExists, Temporary = temporary });
    }

    private static CreateTable Options(SqliteCursor cursor, CreateTable table)
    {
        while (!cursor.AtEnd)
        {
            table = cursor.TakeWords("without", "rowid") ? table with { WithoutRowid = true }
                : cursor.TakeWord("strict") ? table with { Strict = true }
                : cursor.TakeSymbol(',') ? table
                : throw cursor.Expected("WITHOUT ROWID or STRICT");
        }

        return table;
    }

    private static CreateIndex Index(SqliteCursor cursor, bool unique)
    {
        bool ifNotExists = cursor.TakeWords("if", "not", "exists");
        SqliteName name = cursor.QualifiedName("the name of the index");
        cursor.ExpectWord("on");
        string table = cursor.Name("the name of the table");
        int start = cursor.Position;
        List<string> columns = cursor.NameList();
        string? where = null;
        if (cursor.TakeWord("where"))
        {
            int from = cursor.Current.Start;
            cursor.SkipToEnd();
            where = cursor.TextFrom(from, "the condition of the index");
        }

        return cursor.AtEnd
            ? new CreateIndex(name, table, unique) { IfNotExists = ifNotExists, Columns = columns, Words = cursor.WordsFrom(start), Where = where }
            : throw cursor.Expected("WHERE or the end of the statement");
    }

    private static CreateView View(SqliteCursor cursor)
    {
        _ = cursor.TakeWords("if", "not", "exists");
        SqliteName name = cursor.QualifiedName("the name of the view");
        if (cursor.IsSymbol('('))
        {
            _ = cursor.NameList();
        }

        cursor.ExpectWord("as");
        int start = cursor.Position;
        List<string> reads = SqliteReads.From(cursor);
        return new CreateView(name, reads) { Words = cursor.WordsFrom(start) };
    }

    private static CreateTrigger Trigger(SqliteCursor cursor)
    {
        _ = cursor.TakeWords("if", "not", "exists");
        SqliteName name = cursor.QualifiedName("the name of the trigger");
        int start = cursor.Position;
        while (!cursor.AtEnd && !cursor.IsWord("on"))
        {
            cursor.Advance();
        }

        cursor.ExpectWord("on");
        string table = cursor.Name("the name of the table");

        // The body has semicolons of its own; the splitter gave the whole of it.
        while (cursor.Current.Kind != SqliteTokenKind.End)
        {
            cursor.Advance();
        }

        return new CreateTrigger(name, table) { Words = cursor.WordsFrom(start) };
    }
}
