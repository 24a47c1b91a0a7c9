using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.State;

/// <summary>
/// The several statements that rebuild one table: create a new one, copy, drop the old one, rename. Indexes are positions in the file's statements.
/// </summary>
/// <param name="Table">Key of the table that is rebuilt.</param>
/// <param name="Temporary">Key of the other name that is used meanwhile.</param>
/// <param name="Create">Where the new table is made.</param>
/// <param name="Copies">Where rows are copied.</param>
/// <param name="Drop">Where the old table is dropped.</param>
/// <param name="Rename">Where a table is renamed.</param>
internal sealed record TableRebuild(string Table, string Temporary, int Create, IReadOnlyList<int> Copies, int Drop, int Rename)
{
    /// <summary>Whether the old table was renamed away first, which makes other tables' foreign keys follow it.</summary>
    public bool OldFirst => Rename < Create;

    /// <summary>Whether a statement is one of its steps.</summary>
    public bool Has(int index) => index == Create || index == Drop || index == Rename || Copies.Contains(index);

    /// <summary>Finds the rebuilds among a file's statements.</summary>
    public static IReadOnlyList<TableRebuild> Find(IReadOnlyList<SqliteStatement> statements)
    {
        var rebuilds = new List<TableRebuild>();
        for (int i = 0; i < statements.Count; i++)
        {
            if (statements[i] is RenameTable rename && (NewFirst(statements, i, rename) ?? OldNameFirst(statements, i, rename)) is { } rebuild)
            {
                rebuilds.Add(rebuild);
            }
        }

        return rebuilds;
    }

    private static TableRebuild? NewFirst(IReadOnlyList<SqliteStatement> statements, int at, RenameTable rename)
    {
        string table = rename.NewName.ToLowerInvariant();
        string temporary = rename.Table.Key;
        int drop = Last(statements, at, item => item is DropObject { What: "Table" } dropped && dropped.Name.Key == table);
        int create = Last(statements, at, item => item is CreateTable made && made.Name.Key == temporary);
        return drop < 0 || create < 0 || create > drop ? null : new TableRebuild(table, temporary, create, CopiesBetween(statements, create, drop, temporary, table), drop, at);
    }

    private static TableRebuild? OldNameFirst(IReadOnlyList<SqliteStatement> statements, int at, RenameTable rename)
    {
        string table = rename.Table.Key;
        string temporary = rename.NewName.ToLowerInvariant();
        int create = First(statements, at, item => item is CreateTable made && made.Name.Key == table);
        int drop = create < 0 ? -1 : First(statements, create, item => item is DropObject { What: "Table" } dropped && dropped.Name.Key == temporary);
        return drop < 0 ? null : new TableRebuild(table, temporary, create, CopiesBetween(statements, create, drop, table, temporary), drop, at);
    }

    private static List<int> CopiesBetween(IReadOnlyList<SqliteStatement> statements, int from, int to, string target, string source) =>
        [.. Enumerable.Range(from, to - from).Where(i => statements[i] is Insert insert && insert.Table.Key == target && insert.Reads.Contains(source, StringComparer.Ordinal))];

    private static int Last(IReadOnlyList<SqliteStatement> statements, int before, Func<SqliteStatement, bool> matches)
    {
        for (int i = before - 1; i >= 0; i--)
        {
            if (matches(statements[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int First(IReadOnlyList<SqliteStatement> statements, int after, Func<SqliteStatement, bool> matches)
    {
        for (int i = after + 1; i < statements.Count; i++)
        {
            if (matches(statements[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
