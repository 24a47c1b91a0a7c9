namespace SafeDb.Sqlite.Sql;

/// <summary>Reads one statement into a record. Never throws: what cannot be read becomes <see cref="NotUnderstood"/>.</summary>
internal static class SqliteParser
{
    /// <summary>Reads the statement in a range of a script.</summary>
    public static SqliteStatement Parse(string text, int start, int length)
    {
        try
        {
            var cursor = new SqliteCursor(text, start, length);
            return Statement(cursor);
        }
        catch (SqliteSyntaxException problem)
        {
            return new NotUnderstood(problem.Message, problem.Start, problem.Length);
        }
    }

    /// <summary>Reads a statement that is a whole text.</summary>
    public static SqliteStatement Parse(string text) => Parse(text, 0, text.Length);

    private static SqliteStatement Statement(SqliteCursor cursor)
    {
        string word = cursor.Current.Kind == SqliteTokenKind.Word ? cursor.Span(cursor.Current).ToString().ToUpperInvariant() : "";
        return word switch
        {
            "CREATE" => SqliteCreateParser.Create(cursor),
            "ALTER" => SqliteAlterParser.Alter(cursor),
            "DROP" => Drop(cursor),
            "INSERT" or "REPLACE" or "UPDATE" or "DELETE" or "WITH" or "SELECT" or "VALUES" => SqliteRowsParser.Rows(cursor),
            "PRAGMA" => Pragma(cursor),
            "BEGIN" or "COMMIT" or "END" or "ROLLBACK" or "SAVEPOINT" or "RELEASE" => Transaction(cursor, word),
            "VACUUM" or "ANALYZE" or "REINDEX" or "ATTACH" or "DETACH" or "EXPLAIN" => Maintain(cursor, word),
            _ => throw new SqliteSyntaxException(
                $"SQLite has no statement that begins with '{(cursor.AtEnd ? "" : cursor.Span(cursor.Current).ToString())}'", cursor.Current.Start, cursor.Current.Length),
        };
    }

    private static DropObject Drop(SqliteCursor cursor)
    {
        cursor.ExpectWord("drop");
        string what = cursor.TakeWord("table") ? "Table" : cursor.TakeWord("index") ? "Index" : cursor.TakeWord("view") ? "View" : cursor.TakeWord("trigger") ? "Trigger"
            : throw cursor.Expected("TABLE, INDEX, VIEW or TRIGGER");
        bool ifExists = cursor.TakeWords("if", "exists");
        SqliteName name = cursor.QualifiedName($"the name of the {what.ToLowerInvariant()}");
        if (!cursor.AtEnd)
        {
            throw cursor.Expected("the end of the statement (SQLite's DROP takes one name, and no CASCADE)");
        }

        return new DropObject(what, name, ifExists);
    }

    private static Pragma Pragma(SqliteCursor cursor)
    {
        cursor.ExpectWord("pragma");
        SqliteName name = cursor.QualifiedName("the name of the pragma");
        string? value = null;
        if (cursor.TakeSymbol('=') || cursor.TakeSymbol('('))
        {
            int start = cursor.Current.Start;
            int end = start;
            while (!cursor.AtEnd && !cursor.IsSymbol(')'))
            {
                end = cursor.Current.EndOffset;
                cursor.Advance();
            }

            value = cursor.Text[start..end].Trim('\'', '"');
            _ = cursor.TakeSymbol(')');
        }

        cursor.SkipToEnd();
        return new Pragma(name.Name.ToLowerInvariant(), value);
    }

    private static Transaction Transaction(SqliteCursor cursor, string word)
    {
        cursor.Advance();
        string form = word switch
        {
            "BEGIN" => "Begin",
            "COMMIT" or "END" => "Commit",
            "SAVEPOINT" => "Savepoint",
            "RELEASE" => "Release",
            _ => "Rollback",
        };
        bool toSavepoint = false;
        while (!cursor.AtEnd)
        {
            toSavepoint |= cursor.IsWord("to");
            cursor.Advance();
        }

        return new Transaction(toSavepoint && form == "Rollback" ? "RollbackTo" : form);
    }

    private static Maintenance Maintain(SqliteCursor cursor, string word)
    {
        bool into = false;
        while (!cursor.AtEnd)
        {
            into |= cursor.IsWord("into");
            cursor.Advance();
        }

        return new Maintenance(string.Concat(word.AsSpan(0, 1), word[1..].ToLowerInvariant()), into);
    }
}
