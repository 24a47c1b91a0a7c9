using Microsoft.Data.Sqlite;

using SafeDb.Addresses;
using SafeDb.Schema;
using SafeDb.Sqlite.Native;

namespace SafeDb.Sqlite.Schema;

/// <summary>
/// Reads <c>sqlite_schema</c> into the common model. A virtual table is one object: the shadow tables that its module keeps are part of it and follow from it.
/// </summary>
internal sealed class SqliteSchemaReader(SqliteConnection connection)
{
    private static readonly string[] RowIdNames = ["rowid", "_rowid_", "oid"];

    private static readonly Dictionary<string, string[]> ShadowSuffixes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["fts5"] = ["_data", "_idx", "_content", "_docsize", "_config"],
        ["fts4"] = ["_content", "_segments", "_segdir", "_docsize", "_stat"],
        ["fts3"] = ["_content", "_segments", "_segdir", "_docsize", "_stat"],
        ["rtree"] = ["_node", "_parent", "_rowid"],
        ["rtree_i32"] = ["_node", "_parent", "_rowid"],
        ["geopoly"] = ["_node", "_parent", "_rowid"],
    };

    public DatabaseSchema Read() => ReadCatalogue().Schema;

    /// <summary>Reads in one transaction, unless the caller has one open already.</summary>
    public SqliteCatalogue ReadCatalogue()
    {
        bool own = SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) != 0;
        if (own) connection.Run("BEGIN");
        try
        {
            return ReadAll();
        }
        finally
        {
            if (own) connection.Run("ROLLBACK");
        }
    }

    private SqliteCatalogue ReadAll()
    {
        List<Entry> entries = connection.Query(
            "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
            row => new Entry(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)));
        Dictionary<string, string> modules = entries.Where(entry => entry.Type == "table")
            .Select(entry => (entry.Name, Module: ModuleOf(entry.Sql))).Where(pair => pair.Module is not null)
            .ToDictionary(pair => pair.Name, pair => pair.Module!, StringComparer.OrdinalIgnoreCase);
        HashSet<string> shadows = ShadowsOf(modules);
        entries.RemoveAll(entry => shadows.Contains(entry.Table) && entry.Type != "view");

        Dictionary<string, IReadOnlyList<XColumn>> columns = entries.Where(entry => entry.Type is "table" or "view")
            .ToDictionary(entry => entry.Name, ReadColumns, StringComparer.OrdinalIgnoreCase);
        var known = new HashSet<string>(entries.Select(entry => entry.Name).Concat(columns.Values.SelectMany(list => list.Select(column => column.Name))), StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> keys = entries.Where(entry => entry.Type != "trigger") // triggers have names of their own
            .ToDictionary(entry => entry.Name, KeyOf, StringComparer.OrdinalIgnoreCase);
        List<SchemaObject> objects = [.. entries.OrderBy(entry => Rank(entry, modules)).Select(entry => ToObject(entry, known, keys, columns))];
        List<SqliteTable> tables = [.. entries.Where(entry => entry.Type == "table").Select(entry => ToTable(entry, modules.GetValueOrDefault(entry.Name), columns[entry.Name]))];
        return new SqliteCatalogue(new DatabaseSchema(DatabaseEngine.Sqlite, SqliteNative.Version, objects), tables);
    }

    private static string KeyOf(Entry entry) => $"{entry.Type} {SqliteNames.Identity(entry.Name)}";

    private static int Rank(Entry entry, Dictionary<string, string> modules) => entry.Type switch
    {
        "table" => modules.ContainsKey(entry.Name) ? 1 : 0,
        "index" => 2,
        "view" => 3,
        _ => 4,
    };

    private static SchemaObject ToObject(Entry entry, HashSet<string> known, Dictionary<string, string> keys, Dictionary<string, IReadOnlyList<XColumn>> columns)
    {
        string own = KeyOf(entry);
        string? parent = entry.Type is "index" or "trigger" ? keys.GetValueOrDefault(entry.Table) : null;
        IEnumerable<string> named = entry.Type == "table" && ModuleOf(entry.Sql) is null
            ? []
            : SqlTokens.Read(entry.Sql).Where(token => token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName || token.Text.StartsWith('\''))
                .Select(token => keys.GetValueOrDefault(token.Text.Trim('\''))!)
                .Where(key => key is not null && key != own && (key.StartsWith("table ", StringComparison.Ordinal) || key.StartsWith("view ", StringComparison.Ordinal)));
        return new SchemaObject(entry.Type, SqliteNames.Identity(entry.Name), CanonicalSql.Of(entry.Sql, known))
        {
            DependsOn = [.. named.Concat(parent is null ? [] : [parent]).Distinct(StringComparer.Ordinal)],
            Columns = [.. (columns.GetValueOrDefault(entry.Name) ?? []).Where(column => column.Hidden != 1).Select(column => column.ToColumn())],
            Section = entry.Type == "table" ? SchemaSection.PreData : SchemaSection.PostData,
            Parent = parent,
        };
    }

    private static SqliteTable ToTable(Entry entry, string? module, IReadOnlyList<XColumn> columns)
    {
        List<string> stored = [.. columns.Where(column => column.Hidden == 0).Select(column => column.Name)];
        List<string> key = [.. columns.Where(column => column.Key > 0).OrderBy(column => column.Key).Select(column => column.Name)];
        string? rowId = HasRowId(entry.Sql) ? RowIdNames.FirstOrDefault(name => !columns.Any(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) : null;
        return new SqliteTable(entry.Name, stored, key, rowId, module);
    }

    /// <summary>The words after the last parenthesis are the table's options.</summary>
    private static bool HasRowId(string sql)
    {
        List<SqlToken> tokens = [.. SqlTokens.Read(sql)];
        int close = tokens.FindLastIndex(token => token.Text == ")" && token.Kind == SqlTokenKind.Symbol);
        return !tokens.Skip(close + 1).Any(token => token.Kind == SqlTokenKind.Word && token.Text.Equals("WITHOUT", StringComparison.OrdinalIgnoreCase));
    }

    private static string? ModuleOf(string sql)
    {
        List<SqlToken> tokens = [.. SqlTokens.Read(sql)];
        if (tokens.Count < 2 || !tokens[1].Text.Equals("VIRTUAL", StringComparison.OrdinalIgnoreCase)) return null;
        int use = tokens.FindIndex(2, token => token.Kind == SqlTokenKind.Word && token.Text.Equals("USING", StringComparison.OrdinalIgnoreCase));
        return use >= 0 && use + 1 < tokens.Count ? tokens[use + 1].Text.ToLowerInvariant() : string.Empty;
    }

    private HashSet<string> ShadowsOf(Dictionary<string, string> modules)
    {
        var shadows = new HashSet<string>(
            modules.SelectMany(pair => (ShadowSuffixes.GetValueOrDefault(pair.Value) ?? []).Select(suffix => pair.Key + suffix)), StringComparer.OrdinalIgnoreCase);
        if (SqliteNative.Version >= 3_037_000) shadows.UnionWith(connection.Query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'", row => row.GetString(0)));
        return shadows;
    }

    private IReadOnlyList<XColumn> ReadColumns(Entry entry)
    {
        try
        {
            return connection.Query(
                "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo($1) ORDER BY cid",
                row => new XColumn(row.GetString(0), row.GetString(1), row.GetInt64(2) != 0, row.IsDBNull(3) ? null : row.GetString(3), row.GetInt32(4), row.GetInt32(5)),
                entry.Name);
        }
        catch (SqliteException) when (entry.Type == "view")
        {
            // A view whose tables are gone is still an object of the schema; it merely has no columns any more.
            return [];
        }
    }

    private sealed record Entry(string Type, string Name, string Table, string Sql);

    private sealed record XColumn(string Name, string Type, bool NotNull, string? Default, int Key, int Hidden)
    {
        public SchemaColumn ToColumn() => new(Name, Type, NotNull) { Default = Default, Generated = Hidden is 2 or 3, PrimaryKeyPosition = Key };
    }
}
