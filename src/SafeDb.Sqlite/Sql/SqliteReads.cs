namespace SafeDb.Sqlite.Sql;

/// <summary>Finds the tables that a query reads: the names after FROM, JOIN and the commas of a FROM clause, in subqueries too. Names of WITH are left out.</summary>
internal static class SqliteReads
{
    private static readonly string[] EndsFrom = ["where", "group", "order", "limit", "having", "window", "union", "except", "intersect", "select", "returning", "set"];

    /// <summary>Walks from the current token to the end of the statement.</summary>
    public static List<string> From(SqliteCursor cursor)
    {
        var reads = new List<string>();
        var inFrom = new Stack<bool>();
        bool from = false;
        bool expects = false;
        HashSet<string> common = CommonTables(cursor);
        for (; !cursor.AtEnd; cursor.Advance())
        {
            if (cursor.IsSymbol('('))
            {
                inFrom.Push(from);
                from = false;
                expects = false;
            }
            else if (cursor.IsSymbol(')'))
            {
                from = inFrom.Count > 0 && inFrom.Pop();
                expects = false;
            }
            else if (cursor.IsWord("from") || cursor.IsWord("join"))
            {
                (from, expects) = (true, true);
            }
            else if (from && cursor.IsSymbol(','))
            {
                expects = true;
            }
            else if (Array.Exists(EndsFrom, cursor.IsWord))
            {
                (from, expects) = (false, false);
            }
            else if (expects && SqliteCursor.IsName(cursor.Current))
            {
                Add(reads, cursor, common);
                expects = false;
            }
            else if (cursor.Current.Kind is SqliteTokenKind.Illegal or SqliteTokenKind.Unclosed)
            {
                cursor.SkipToEnd();
            }
        }

        return reads;
    }

    private static void Add(List<string> reads, SqliteCursor cursor, HashSet<string> common)
    {
        int at = cursor.Position;
        SqliteName name = cursor.QualifiedName("a table");
        bool function = cursor.IsSymbol('(');
        if (!function && !common.Contains(name.Name) && !reads.Contains(name.Key, StringComparer.Ordinal))
        {
            reads.Add(name.Key);
        }

        cursor.Position = Math.Max(at, cursor.Position - 1);
    }

    // "name AS (", "name (columns) AS (": a name that the statement makes itself.
    private static HashSet<string> CommonTables(SqliteCursor cursor)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (!cursor.IsWord("with"))
        {
            return names;
        }

        for (int at = cursor.Position; cursor.TokenAt(at).Kind != SqliteTokenKind.End; at++)
        {
            SqliteToken token = cursor.TokenAt(at);
            SqliteToken before = cursor.TokenAt(at - 1);
            bool begins = cursor.IsWordAt(at - 1, "with") || cursor.IsWordAt(at - 1, "recursive") || (before is { Kind: SqliteTokenKind.Symbol } && cursor.Text[before.Start] == ',');
            if (begins && SqliteCursor.IsName(token) && (cursor.IsWordAt(at + 1, "as") || cursor.Span(cursor.TokenAt(at + 1)) is "("))
            {
                names.Add(cursor.Unquote(token));
            }
        }

        return names;
    }
}
