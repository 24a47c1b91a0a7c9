namespace SafeDb.Sqlite.Sql;

/// <summary>Reads column definitions and table constraints.</summary>
internal static class SqliteColumnParser
{
    private static readonly string[] ConstraintWords =
        ["constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "generated", "as", "on", "deferrable", "initially"];

    public static TableConstraint? TryTableConstraint(SqliteCursor cursor)
    {
        int start = cursor.Position;
        if (cursor.TakeWord("constraint"))
        {
            _ = cursor.Name("the name of the constraint");
        }

        if (cursor.TakeWords("primary", "key"))
        {
            return new TableConstraint("PRIMARY", ListThenConflict(cursor));
        }

        if (cursor.IsWord("unique") && IsParenthesis(cursor, 1))
        {
            cursor.Advance();
            return new TableConstraint("UNIQUE", ListThenConflict(cursor));
        }

        if (cursor.IsWord("check") && IsParenthesis(cursor, 1))
        {
            cursor.Advance();
            int words = cursor.Position;
            string expression = cursor.SkipParentheses();
            SkipConflict(cursor);
            return new TableConstraint("CHECK", []) { Expression = expression, Words = cursor.WordsFrom(words) };
        }

        if (cursor.TakeWords("foreign", "key"))
        {
            List<string> columns = cursor.NameList();
            return new TableConstraint("FOREIGN", columns) { References = References(cursor, columns) };
        }

        cursor.Position = start;
        return null;
    }

    public static ColumnDefinition Column(SqliteCursor cursor)
    {
        int start = cursor.Current.Start;
        string name = cursor.Name("a column or constraint");
        string type = Type(cursor);
        var column = new ColumnDefinition(name, type, start, 0);
        while (!cursor.AtEnd && !cursor.IsSymbol(',') && !cursor.IsSymbol(')'))
        {
            column = Constraint(cursor, column);
        }

        return column with { Length = cursor.TokenAt(cursor.Position - 1).EndOffset - start };
    }

    private static string Type(SqliteCursor cursor)
    {
        int start = cursor.Current.Start;
        int end = start;
        while (SqliteCursor.IsName(cursor.Current) && !ConstraintWords.Any(cursor.IsWord))
        {
            end = cursor.Current.EndOffset;
            cursor.Advance();
        }

        if (end > start && cursor.IsSymbol('('))
        {
            _ = cursor.SkipParentheses();
            end = cursor.TokenAt(cursor.Position - 1).EndOffset;
        }

        return cursor.Text[start..end];
    }

    private static ColumnDefinition Constraint(SqliteCursor cursor, ColumnDefinition column)
    {
        if (cursor.TakeWord("constraint"))
        {
            _ = cursor.Name("the name of the constraint");
            return column;
        }

        if (cursor.TakeWords("primary", "key"))
        {
            _ = cursor.TakeWord("asc") || cursor.TakeWord("desc");
            SkipConflict(cursor);
            return column with { PrimaryKey = true, AutoIncrement = cursor.TakeWord("autoincrement") };
        }

        if (cursor.TakeWords("not", "null") || cursor.TakeWord("unique") || cursor.TakeWord("null"))
        {
            bool unique = cursor.IsWordAt(cursor.Position - 1, "unique");
            bool notNull = cursor.IsWordAt(cursor.Position - 2, "not");
            SkipConflict(cursor);
            return column with { NotNull = column.NotNull || (notNull && !unique), Unique = column.Unique || unique };
        }

        return ValueConstraint(cursor, column);
    }

    private static ColumnDefinition ValueConstraint(SqliteCursor cursor, ColumnDefinition column)
    {
        int words = cursor.Position;
        if (cursor.TakeWord("check"))
        {
            string expression = cursor.SkipParentheses();
            SkipConflict(cursor);
            return column with { Checks = [.. column.Checks, expression], Words = Both(column.Words, cursor.WordsFrom(words)) };
        }

        if (cursor.TakeWord("default"))
        {
            return column with { Default = Default(cursor) };
        }

        if (cursor.TakeWord("collate"))
        {
            _ = cursor.Name("the collation");
            return column;
        }

        if (cursor.IsWord("references"))
        {
            return column with { References = References(cursor, [column.Name]) };
        }

        if (cursor.TakeWords("generated", "always") || cursor.IsWord("as"))
        {
            cursor.ExpectWord("as");
            _ = cursor.SkipParentheses();
            IReadOnlySet<string> used = Both(column.Words, cursor.WordsFrom(words));
            string kind = cursor.TakeWord("stored") ? "STORED" : "VIRTUAL";
            _ = cursor.TakeWord("virtual");
            return column with { Generated = kind, Words = used };
        }

        throw cursor.Expected("a column constraint");
    }

    private static string Default(SqliteCursor cursor)
    {
        int start = cursor.Current.Start;
        if (cursor.IsSymbol('('))
        {
            _ = cursor.SkipParentheses();
        }
        else
        {
            _ = cursor.TakeSymbol('+') || cursor.TakeSymbol('-');
            if (cursor.AtEnd || cursor.IsSymbol(',') || cursor.IsSymbol(')'))
            {
                throw cursor.Expected("the default's value");
            }

            cursor.Advance();
        }

        return cursor.TextFrom(start, "the default's value");
    }

    private static ForeignKey References(SqliteCursor cursor, IReadOnlyList<string> columns)
    {
        cursor.ExpectWord("references");
        string parent = cursor.Name("the parent table");
        IReadOnlyList<string> parentColumns = cursor.IsSymbol('(') ? cursor.NameList() : [];
        string onDelete = "NO ACTION";
        while (true)
        {
            if (cursor.TakeWord("on"))
            {
                bool delete = cursor.IsWord("delete");
                cursor.Advance();
                string action = cursor.TakeWords("set", "null") ? "SET NULL" : cursor.TakeWords("set", "default") ? "SET DEFAULT" : cursor.TakeWords("no", "action") ? "NO ACTION"
                    : cursor.TakeWord("cascade") ? "CASCADE" : cursor.TakeWord("restrict") ? "RESTRICT" : throw cursor.Expected("an action of the foreign key");
                onDelete = delete ? action : onDelete;
            }
            else if (cursor.TakeWord("match"))
            {
                _ = cursor.Name("the kind of match");
            }
            else if (!cursor.TakeWord("deferrable") && !cursor.TakeWords("not", "deferrable") && !cursor.TakeWords("initially", "deferred") && !cursor.TakeWords("initially", "immediate"))
            {
                return new ForeignKey(columns, parent, parentColumns, onDelete);
            }
        }
    }

    private static List<string> ListThenConflict(SqliteCursor cursor)
    {
        List<string> columns = cursor.NameList();
        SkipConflict(cursor);
        return columns;
    }

    private static void SkipConflict(SqliteCursor cursor)
    {
        if (cursor.TakeWords("on", "conflict"))
        {
            _ = cursor.Name("the way to resolve a conflict");
        }
    }

    private static bool IsParenthesis(SqliteCursor cursor, int ahead) =>
        cursor.TokenAt(cursor.Position + ahead) is { Kind: SqliteTokenKind.Symbol, Length: 1 } token && cursor.Text[token.Start] == '(';

    private static HashSet<string> Both(IReadOnlySet<string> left, IReadOnlySet<string> right)
    {
        var both = new HashSet<string>(left, StringComparer.OrdinalIgnoreCase);
        both.UnionWith(right);
        return both;
    }
}
