using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>
/// Writes the rebuild of a table as SQLite's documentation asks for it: foreign keys off outside the transaction, new table, copy by name, counter carried over, what reads the table out of the
/// way, drop, rename, indexes and triggers and views again, check, commit, foreign keys on. Gives null when something it needs is not known, or when its own analysis would not be Safe.
/// </summary>
internal static class RebuildScript
{
    private const string Head = "-- safedb:no-transaction\nPRAGMA foreign_keys=OFF;\nBEGIN IMMEDIATE;\n";
    private const string Tail = "PRAGMA foreign_key_check;\nCOMMIT;\nPRAGMA foreign_keys=ON;\n";

    /// <summary>A table that has one more column.</summary>
    public static string? WithColumn(SqliteRuleContext context, string key, ColumnDefinition column, string statement)
    {
        if (context.File.Before is null || context.Model.Table(key) is not { ColumnsKnown: true, Sql: not null } table || SqliteParser.Parse(statement) is not AddColumn add)
        {
            return null;
        }

        return Whole(context, table, TableEdit.WithColumn(table, column, statement.Substring(add.Column.Start, add.Column.Length)));
    }

    /// <summary>A table with another type of a column.</summary>
    public static string? WithType(SqliteRuleContext context, string key, string column, string type) =>
        context.File.Before is not null && context.Model.Table(key) is { ColumnsKnown: true, Sql: not null } table && TableEdit.WithType(table, column, type) is { } changed
            ? Whole(context, table, changed)
            : null;

    /// <summary>The file with its rebuilds put right and everything else as it was.</summary>
    public static string? Corrected(SqliteRuleContext context, TableRebuild rebuild)
    {
        SqliteFile file = context.File;
        if (file.Before is not { } before || before.Table(rebuild.Table) is not { ColumnsKnown: true } old)
        {
            return null;
        }

        var lines = new List<string>();
        for (int i = 0; i < file.Statements.Count; i++)
        {
            if (file.Rebuilds.FirstOrDefault(item => item.Has(i)) is { } step)
            {
                if (!AppendStep(lines, file, before, step, i))
                {
                    return null;
                }
            }
            else if (file.Statements[i] is not (Transaction or Pragma { Name: "foreign_keys" or "defer_foreign_keys" or "foreign_key_check" or "legacy_alter_table" }))
            {
                lines.Add(file.Texts[i]);
            }
        }

        return IfSafe(context, lines, before);
    }

    private static bool AppendStep(List<string> lines, SqliteFile file, SqliteModel before, TableRebuild rebuild, int index)
    {
        if (before.Table(rebuild.Table) is not { ColumnsKnown: true } old)
        {
            return false;
        }

        string fresh = rebuild.OldFirst ? $"safedb_new_{old.Name}" : ((CreateTable)file.Statements[rebuild.Create]).Name.Name;
        if (index == rebuild.Create)
        {
            lines.Add(TableEdit.Renamed(file.Texts[index], fresh));
        }
        else if (rebuild.Copies.Contains(index))
        {
            lines.Add(Copy(old, (CreateTable)file.Statements[rebuild.Create], (Insert)file.Statements[index], file.Texts[index], rebuild, fresh));
        }
        else if (index == rebuild.Drop)
        {
            AppendSwap(lines, before, old, fresh, name => file.Statements.Any(statement => Makes(statement, name)), file);
        }

        return true;
    }

    private static string Copy(SqliteTable old, CreateTable created, Insert insert, string text, TableRebuild rebuild, string fresh)
    {
        if (insert.SelectsStar || insert.Columns is null)
        {
            return CopyByName(old, created, fresh);
        }

        return rebuild.OldFirst ? Swap(text, (rebuild.Table, fresh), (rebuild.Temporary, old.Name)) : text;
    }

    private static string CopyByName(SqliteTable old, CreateTable created, string fresh)
    {
        string columns = string.Join(", ", old.StoredColumns
            .Where(column => created.Columns.Any(other => other.Generated is null && other.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)))
            .Select(column => TableEdit.Quote(column.Name)));
        return $"INSERT INTO {TableEdit.Quote(fresh)} ({columns}) SELECT {columns} FROM {TableEdit.Quote(old.Name)}";
    }

    private static string? Whole(SqliteRuleContext context, SqliteTable table, SqliteTable changed)
    {
        if (changed.Sql is null)
        {
            return null;
        }

        string fresh = $"safedb_new_{table.Name}";
        var lines = new List<string> { TableEdit.Renamed(changed.Sql, fresh), CopyByName(table, changed.Definition, fresh) };
        AppendSwap(lines, context.Model, table, fresh, _ => false, null);
        return IfSafe(context, lines, context.Model);
    }

    // What reads the table must be away while it is: a rename fails when a view or trigger names a table that is not there.
    private static void AppendSwap(List<string> lines, SqliteModel model, SqliteTable table, string fresh, Func<string, bool> madeByFile, SqliteFile? file)
    {
        string key = table.Name.ToLowerInvariant();
        List<SqliteDependent> readers = [.. model.ViewsOn(key), .. model.Triggers.Where(item => item.Table != key && ((CreateTrigger)item.Statement).Words.Contains(table.Name))];
        List<SqliteDependent> own = [.. model.Indexes.Concat(model.Triggers).Where(item => item.Table == key)];
        if (table.AutoIncrement)
        {
            lines.Add($"DELETE FROM sqlite_sequence WHERE name = {Text(fresh)}");
            lines.Add($"INSERT INTO sqlite_sequence (name, seq) SELECT {Text(fresh)}, seq FROM sqlite_sequence WHERE name = {Text(table.Name)}");
        }

        lines.AddRange(readers.Where(item => file?.Statements.Any(statement => statement is DropObject drop && drop.Name.Key.Equals(item.Name, StringComparison.OrdinalIgnoreCase)) != true)
            .Select(item => $"DROP {(item.Statement is CreateView ? "VIEW" : "TRIGGER")} {TableEdit.Quote(item.Name)}"));
        lines.Add($"DROP TABLE {TableEdit.Quote(table.Name)}");
        lines.Add($"ALTER TABLE {TableEdit.Quote(fresh)} RENAME TO {TableEdit.Quote(table.Name)}");
        lines.AddRange(own.Concat(Enumerable.Reverse(readers).OrderBy(item => item.Statement is CreateTrigger)).Where(item => !madeByFile(item.Name.ToLowerInvariant())).Select(item => item.Sql));
    }

    private static string? IfSafe(SqliteRuleContext context, List<string> lines, SqliteModel before)
    {
        // A definition that is not known any more (renamed since) cannot be written.
        if (lines.Exists(string.IsNullOrWhiteSpace))
        {
            return null;
        }

        string script = $"{Head}{string.Concat(lines.Select(line => $"{line.TrimEnd().TrimEnd(';')};\n"))}{Tail}";
        return SqliteRiskSession.IsSafe(script, before, context.Version) ? script : null;
    }

    private static bool Makes(SqliteStatement statement, string key) => statement switch
    {
        CreateIndex made => made.Name.Key == key,
        CreateTrigger made => made.Name.Key == key,
        CreateView made => made.Name.Key == key,
        _ => false,
    };

    // Exchanges names token by token, so that strings and comments stay.
    private static string Swap(string text, params (string From, string To)[] names)
    {
        var result = new System.Text.StringBuilder(text.Length + 16);
        foreach (SqliteToken token in SqliteLexer.Tokens(text))
        {
            string piece = text.Substring(token.Start, token.Length);
            string bare = token.Kind is SqliteTokenKind.Word or SqliteTokenKind.QuotedName ? piece.Trim('"', '`', '[', ']').ToLowerInvariant() : "";
            (string From, string To) match = Array.Find(names, name => name.From == bare);
            result.Append(match.To is { } to ? TableEdit.Quote(to) : piece);
        }

        return result.ToString();
    }

    private static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
