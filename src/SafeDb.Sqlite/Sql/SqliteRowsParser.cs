namespace SafeDb.Sqlite.Sql;

/// <summary>Reads INSERT, UPDATE, DELETE and SELECT as far as risks need: which table, which rows, from where.</summary>
internal static class SqliteRowsParser
{
    private static readonly string[] Filtering = ["limit", "group", "having", "join", "union", "except", "intersect", "distinct"];

    public static SqliteStatement Rows(SqliteCursor cursor)
    {
        int start = cursor.Position;
        List<string> reads = SqliteReads.From(cursor);
        cursor.Position = start;
        SkipCommonTables(cursor);
        if (cursor.TakeWord("insert") || cursor.TakeWord("replace"))
        {
            return Insert(cursor, reads);
        }

        if (cursor.TakeWord("update"))
        {
            SkipConflict(cursor);
            SqliteName table = cursor.QualifiedName("the name of the table");
            return new Update(table, IsBounded(cursor)) { Reads = reads };
        }

        if (cursor.TakeWord("delete"))
        {
            cursor.ExpectWord("from");
            SqliteName table = cursor.QualifiedName("the name of the table");
            return new Delete(table, IsBounded(cursor));
        }

        if (!cursor.IsWord("select") && !cursor.IsWord("values"))
        {
            throw cursor.Expected("SELECT, INSERT, UPDATE or DELETE");
        }

        cursor.SkipToEnd();
        return new Select(reads);
    }

    private static Insert Insert(SqliteCursor cursor, List<string> reads)
    {
        bool replaces = cursor.IsWordAt(cursor.Position - 1, "replace") || (cursor.IsWord("or") && cursor.IsWordAt(cursor.Position + 1, "replace"));
        SkipConflict(cursor);
        cursor.ExpectWord("into");
        SqliteName table = cursor.QualifiedName("the name of the table");
        if (cursor.TakeWord("as"))
        {
            _ = cursor.Name("the alias");
        }

        List<string>? columns = cursor.IsSymbol('(') ? cursor.NameList() : null;
        SkipCommonTables(cursor);
        var insert = new Insert(table, columns) { Replaces = replaces, Reads = reads };
        if (!cursor.TakeWord("select"))
        {
            bool known = cursor.IsWord("values") || cursor.IsWord("default");
            return known ? ToEnd(cursor, insert) : throw cursor.Expected("VALUES, SELECT or DEFAULT VALUES");
        }

        return Selection(cursor, insert);
    }

    private static Insert Selection(SqliteCursor cursor, Insert insert)
    {
        var selected = new List<string>();
        bool distinct = cursor.TakeWord("distinct");
        do
        {
            int from = cursor.Position;
            for (int depth = 0; !cursor.AtEnd && (depth > 0 || (!cursor.IsSymbol(',') && !cursor.IsWord("from"))); cursor.Advance())
            {
                depth += cursor.IsSymbol('(') ? 1 : cursor.IsSymbol(')') ? -1 : 0;
            }

            selected.Add(cursor.Position == from + 1 && SqliteCursor.IsName(cursor.TokenAt(from))
                ? cursor.Unquote(cursor.TokenAt(from))
                : cursor.Text[cursor.TokenAt(from).Start..cursor.TokenAt(Math.Max(from, cursor.Position - 1)).EndOffset]);
        }
        while (cursor.TakeSymbol(','));
        bool star = selected is ["*"] || (selected is [var only] && only.EndsWith(".*", StringComparison.Ordinal));
        return insert with { SelectsStar = star, Selected = star ? null : selected, Filters = Filters(cursor) || distinct };
    }

    private static Insert ToEnd(SqliteCursor cursor, Insert insert)
    {
        cursor.SkipToEnd();
        return insert;
    }

    private static bool Filters(SqliteCursor cursor)
    {
        bool filters = false;
        for (int depth = 0; !cursor.AtEnd; cursor.Advance())
        {
            depth += cursor.IsSymbol('(') ? 1 : cursor.IsSymbol(')') ? -1 : 0;
            filters |= depth == 0 && ((cursor.IsWord("where") && !IsAlwaysTrue(cursor)) || Array.Exists(Filtering, cursor.IsWord) || cursor.IsSymbol(','));
        }

        return filters;
    }

    private static bool IsBounded(SqliteCursor cursor)
    {
        bool bounded = false;
        for (int depth = 0; !cursor.AtEnd; cursor.Advance())
        {
            if (cursor.Current.Kind == SqliteTokenKind.Illegal)
            {
                cursor.SkipToEnd();
            }

            depth += cursor.IsSymbol('(') ? 1 : cursor.IsSymbol(')') ? -1 : 0;
            bounded |= depth == 0 && ((cursor.IsWord("where") && !IsAlwaysTrue(cursor)) || cursor.IsWord("limit"));
        }

        return bounded;
    }

    // WHERE 1, WHERE TRUE, WHERE 1 = 1
    private static bool IsAlwaysTrue(SqliteCursor cursor)
    {
        int at = cursor.Position + 1;
        SqliteToken first = cursor.TokenAt(at);
        ReadOnlySpan<char> value = cursor.Span(first);
        if (!(first.Kind == SqliteTokenKind.Number && value is not "0") && !cursor.IsWordAt(at, "true"))
        {
            return false;
        }

        SqliteToken next = cursor.TokenAt(at + 1);
        bool ends = next.Kind is SqliteTokenKind.End or SqliteTokenKind.Semicolon || cursor.IsWordAt(at + 1, "returning");
        bool equal = cursor.Span(next) is "=" or "==" && cursor.Span(cursor.TokenAt(at + 2)).SequenceEqual(value)
            && cursor.TokenAt(at + 3).Kind is SqliteTokenKind.End or SqliteTokenKind.Semicolon;
        return ends || equal;
    }

    private static void SkipConflict(SqliteCursor cursor)
    {
        if (cursor.TakeWord("or"))
        {
            cursor.Advance();
        }
    }

    private static void SkipCommonTables(SqliteCursor cursor)
    {
        if (!cursor.IsWord("with"))
        {
            return;
        }

        for (int depth = 0; !cursor.AtEnd; cursor.Advance())
        {
            depth += cursor.IsSymbol('(') ? 1 : cursor.IsSymbol(')') ? -1 : 0;
            if (depth == 0 && (cursor.IsWord("select") || cursor.IsWord("insert") || cursor.IsWord("replace") || cursor.IsWord("update") || cursor.IsWord("delete") || cursor.IsWord("values")))
            {
                return;
            }
        }
    }
}
