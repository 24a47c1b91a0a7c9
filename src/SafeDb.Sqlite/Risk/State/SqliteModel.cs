using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.State;

/// <summary>What is known of the database's schema between two statements. Fed from a catalogue and from the files themselves.</summary>
internal sealed class SqliteModel
{
    private readonly Dictionary<string, SqliteTable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SqliteDependent> _dependents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _dropped = new(StringComparer.Ordinal);

    /// <summary>Whether everything in the database is known, because a catalogue was read.</summary>
    public bool Complete { get; set; }

    public IEnumerable<SqliteTable> Tables => _tables.Values;

    public IEnumerable<SqliteDependent> Indexes => _dependents.Values.Where(item => item.Statement is CreateIndex);

    public IEnumerable<SqliteDependent> Triggers => _dependents.Values.Where(item => item.Statement is CreateTrigger);

    public IEnumerable<SqliteDependent> Views => _dependents.Values.Where(item => item.Statement is CreateView);

    public SqliteTable? Table(string key) => _tables.GetValueOrDefault(key);

    public SqliteDependent? Dependent(string key) => _dependents.GetValueOrDefault(key);

    /// <summary>Whether a table was dropped and not made again.</summary>
    public bool IsDropped(string key) => _dropped.Contains(key);

    /// <summary>Foreign keys of other tables that refer to a table.</summary>
    public IEnumerable<(SqliteTable Child, ForeignKey Key)> ChildrenOf(string key) => _tables
        .Where(item => item.Key != key)
        .SelectMany(item => item.Value.ForeignKeys.Where(reference => reference.Parent.Equals(key, StringComparison.OrdinalIgnoreCase)).Select(reference => (item.Value, reference)));

    /// <summary>Views that read a relation, directly or through other views.</summary>
    public IReadOnlyList<SqliteDependent> ViewsOn(string key)
    {
        var found = new List<SqliteDependent>();
        var names = new HashSet<string>(StringComparer.Ordinal) { key };
        for (bool more = true; more;)
        {
            more = false;
            foreach (SqliteDependent view in Views.Where(view => !found.Contains(view) && ((CreateView)view.Statement).Reads.Any(names.Contains)))
            {
                found.Add(view);
                more |= names.Add(view.Name.ToLowerInvariant());
            }
        }

        return found;
    }

    /// <summary>A copy that lives on by itself.</summary>
    public SqliteModel Clone()
    {
        var copy = new SqliteModel { Complete = Complete };
        foreach ((string key, SqliteTable table) in _tables)
        {
            copy._tables[key] = table;
        }

        foreach ((string key, SqliteDependent item) in _dependents)
        {
            copy._dependents[key] = item;
        }

        copy._dropped.UnionWith(_dropped);
        return copy;
    }

    /// <summary>Forgets that anything is new: the next file may run long after.</summary>
    public void Settle()
    {
        foreach ((string key, SqliteTable table) in _tables.Where(item => item.Value.IsNew).ToList())
        {
            _tables[key] = table with { IsNew = false };
        }
    }

    /// <summary>Takes over what a statement does.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="sql">Its text.</param>
    /// <param name="isNew">Whether what it creates is empty.</param>
    public void Apply(SqliteStatement statement, string sql, bool isNew)
    {
        switch (statement)
        {
            case CreateTable create when !create.IfNotExists || !_tables.ContainsKey(create.Name.Key):
                Put(create.Temporary ? $"temp.{create.Name.Key}" : create.Name.Key, new SqliteTable(create.Name.Name, (CreateTable)SqliteParser.Parse(sql), sql, isNew));
                break;
            case CreateVirtualTable create:
                Put(create.Name.Key, new SqliteTable(create.Name.Name, new CreateTable(create.Name, [], []), sql, isNew) { IsVirtual = true });
                break;
            case CreateIndex create:
                _ = _dependents.TryAdd(create.Name.Key, new SqliteDependent(create.Name.Name, create.Table.ToLowerInvariant(), sql, create));
                break;
            case CreateTrigger create:
                _ = _dependents.TryAdd(create.Name.Key, new SqliteDependent(create.Name.Name, create.Table.ToLowerInvariant(), sql, create));
                break;
            case CreateView create:
                _ = _dependents.TryAdd(create.Name.Key, new SqliteDependent(create.Name.Name, "", sql, create));
                break;
            case DropObject drop:
                Drop(drop);
                break;
            case AlterTable alter when Table(alter.Table.Key) is { } table:
                Alter(alter, table, sql);
                break;
        }
    }

    private void Put(string key, SqliteTable table)
    {
        _tables[key] = table;
        _dropped.Remove(key);
    }

    private void Drop(DropObject drop)
    {
        string key = drop.Name.Key;
        if (drop.What != "Table")
        {
            _ = _dependents.Remove(key);
            return;
        }

        _ = _tables.Remove(key);
        _ = _dropped.Add(key);
        foreach (string name in _dependents.Where(item => item.Value.Table == key).Select(item => item.Key).ToList())
        {
            _dependents.Remove(name);
        }
    }

    private void Alter(AlterTable alter, SqliteTable table, string sql)
    {
        string key = alter.Table.Key;
        switch (alter)
        {
            case RenameTable rename:
                Rename(key, rename.NewName, table);
                break;
            case AddColumn:
                ColumnDefinition column = ((AddColumn)SqliteParser.Parse(sql)).Column;
                _tables[key] = TableEdit.WithColumn(table, column, sql.Substring(column.Start, column.Length));
                break;
            case DropColumn drop:
                _tables[key] = table with { Sql = null, Definition = table.Definition with { Columns = [.. table.Definition.Columns.Where(column => !Same(column.Name, drop.Column))] } };
                break;
            case RenameColumn rename:
                Outdate(key, rename.Column);
                _tables[key] = table with
                {
                    Sql = null,
                    Definition = table.Definition with { Columns = [.. table.Definition.Columns.Select(column => Same(column.Name, rename.Column) ? column with { Name = rename.NewName } : column)] },
                };
                break;
        }
    }

    // SQLite rewrites what names the column; the texts known here are the old ones.
    private void Outdate(string table, string column)
    {
        foreach ((string name, SqliteDependent item) in _dependents.Where(item => item.Value.Table == table || Words(item.Value).Contains(column)).ToList())
        {
            _dependents[name] = item with { Sql = "" };
        }
    }

    private static IReadOnlySet<string> Words(SqliteDependent item) => item.Statement switch
    {
        CreateIndex index => index.Words,
        CreateTrigger trigger => trigger.Words,
        CreateView view => view.Words,
        _ => ColumnDefinition.EmptySet,
    };

    // SQLite moves the table's indexes and triggers along, and since 3.26 the foreign keys that refer to it.
    private void Rename(string oldKey, string newName, SqliteTable table)
    {
        string newKey = newName.ToLowerInvariant();
        _ = _tables.Remove(oldKey);
        _ = _dropped.Add(oldKey);
        Put(newKey, table with { Name = newName, Sql = table.Sql is null ? null : TableEdit.Renamed(table.Sql, newName), Definition = table.Definition });
        if (_tables[newKey].Sql is { } sql)
        {
            _tables[newKey] = _tables[newKey] with { Definition = (CreateTable)SqliteParser.Parse(sql) };
        }

        foreach ((string name, SqliteDependent item) in _dependents.Where(item => item.Value.Table == oldKey).ToList())
        {
            // SQLite rewrites the stored text; the text known here is the old one.
            _dependents[name] = item with { Table = newKey, Sql = "" };
        }
    }

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);
}
