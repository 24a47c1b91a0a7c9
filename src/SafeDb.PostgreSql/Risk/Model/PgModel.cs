using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Model;

/// <summary>The schema as the analysis knows it: grown by the statements read so far, and by the catalogue when there is one.</summary>
internal sealed class PgModel(ICatalogFacts? facts)
{
    private readonly Dictionary<string, PgTable> _tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PgUserType> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CreateFunction> _functions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly ViewReaders _readers = new();
    private readonly List<PgTable> _unsettled = [];

    /// <summary>Schemas in which names without one are looked for; the first is where objects are created.</summary>
    public IReadOnlyList<string> SearchPath { get; set; } = ["public"];

    /// <summary>Every relation known.</summary>
    public IEnumerable<PgTable> Tables => _tables.Values;

    /// <summary>Whether a catalogue was given.</summary>
    public bool HasFacts => facts is not null;

    /// <summary>The qualified, quoted name of a relation.</summary>
    public string Key(PgName name) => Find(name)?.Key ?? Create(Qualify(name));

    /// <summary>The name with the schema in which it would be created.</summary>
    public PgName Qualify(PgName name) => name.Schema is null ? name with { Schema = SearchPath.Count > 0 ? SearchPath[0] : "public" } : name;

    /// <summary>A relation by key.</summary>
    public PgTable? ByKey(string key) => _tables.TryGetValue(key, out PgTable? table) ? table : Import(key);

    /// <summary>A relation, or null when nothing is known of it.</summary>
    public PgTable? Find(PgName name)
    {
        if (name.Schema is not null)
        {
            return ByKey(name.Sql);
        }

        foreach (string schema in SearchPath)
        {
            if (ByKey(Create(name with { Schema = schema })) is { } table)
            {
                return table;
            }
        }

        return null;
    }

    /// <summary>A relation; what was only mentioned is remembered as such.</summary>
    public PgTable Get(PgName name)
    {
        if (Find(name) is { } known)
        {
            return known;
        }

        PgName qualified = Qualify(name);
        var table = new PgTable(qualified.Sql, qualified);
        _tables[table.Key] = table;
        return table;
    }

    /// <summary>Puts a relation under its name.</summary>
    public PgTable Add(PgName name)
    {
        PgName qualified = Qualify(name);
        var table = new PgTable(qualified.Sql, qualified);
        _tables[table.Key] = table;
        _asked.Add(table.Key);
        _unsettled.Add(table);
        return table;
    }

    /// <summary>Forgets a relation that was dropped.</summary>
    public void Remove(PgTable table)
    {
        _tables.Remove(table.Key);
        _asked.Add(table.Key);
        _readers.Forget(table);
        foreach (PgTable other in _tables.Values)
        {
            other.ReferencedBy.Remove(table.Key);
            other.Children.Remove(table.Key);
            other.DefaultPartition = other.DefaultPartition == table.Key ? null : other.DefaultPartition;
            other.Constraints.RemoveAll(constraint => constraint.ReferencedKey == table.Key);
        }
    }

    /// <summary>What earlier files made is in use by now, and the session's temporary tables are gone.</summary>
    public void Settle()
    {
        foreach (PgTable table in _unsettled.Where(table => table.IsNew))
        {
            if (table.Name.Schema == "pg_temp")
            {
                Remove(table);
            }

            table.IsNew = false;
            table.IsFilled = true;
        }

        _unsettled.Clear();
    }

    /// <summary>Remembers what a view reads.</summary>
    public void NoteReads(PgTable view, IReadOnlyList<string> reads) => _readers.Note(view, reads);

    /// <summary>The views that read a relation, as far as they were made in view.</summary>
    public IEnumerable<PgTable> ReadersOf(string key) => _readers.Of(key);

    /// <summary>
    /// Makes a table the child of another: a partition, or an heir. False when that would close a circle, which the server refuses (42P07); then nothing changes, since every walk from
    /// parents to children relies on coming to an end.
    /// </summary>
    public bool AddChild(PgTable parent, PgTable child)
    {
        if (IsAmong(parent, child))
        {
            return false;
        }

        parent.Children.Remove(child.Key);
        parent.Children.Add(child.Key);
        return true;
    }

    /// <summary>Gives a relation another name.</summary>
    public void Rename(PgTable table, PgName name)
    {
        string old = table.Key;
        _tables.Remove(old);
        _asked.Add(old);
        table.Name = name;
        table.Key = name.Sql;
        _tables[table.Key] = table;
        foreach (PgTable other in _tables.Values)
        {
            RenameIn(other, old, table.Key);
        }

        _readers.Rename(old, table.Key);
    }

    /// <summary>The table that an index belongs to.</summary>
    public (PgTable Table, PgIndex Index)? FindIndex(PgName name)
    {
        foreach (PgTable table in _tables.Values)
        {
            if ((name.Schema is null || name.Schema == table.Name.Schema) && table.Indexes.Find(index => index.Name == name.Name) is { } index)
            {
                return (table, index);
            }
        }

        // The catalogue answers for an index with the table that it belongs to among its references.
        if (facts?.Find(Create(Qualify(name))) is { Kind: "index", References: [var owner, ..] } && ByKey(owner) is { } owning && owning.Indexes.Find(index => index.Name == name.Name) is { } found)
        {
            return (owning, found);
        }

        return null;
    }

    /// <summary>A user's type.</summary>
    public PgUserType? FindType(PgName name) =>
        name.Schema is not null ? _types.GetValueOrDefault(name.Sql) : SearchPath.Select(schema => _types.GetValueOrDefault(Create(name with { Schema = schema }))).FirstOrDefault(type => type is not null);

    /// <summary>Puts a type under its name.</summary>
    public void AddType(PgName name, PgUserType type) => _types[Qualify(name).Sql] = type;

    /// <summary>Forgets a type.</summary>
    public void RemoveType(PgName name) => _types.Remove(Qualify(name).Sql);

    /// <summary>Every type known.</summary>
    public IEnumerable<PgUserType> Types => _types.Values;

    /// <summary>Remembers a function.</summary>
    public void AddFunction(CreateFunction function) => _functions[function.Name.Name] = function;

    /// <summary>A function by name.</summary>
    public CreateFunction? FindFunction(PgName name) => _functions.GetValueOrDefault(name.Name);

    /// <summary>Whether a table is an ancestor or one of its descendants.</summary>
    private bool IsAmong(PgTable table, PgTable ancestor)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<PgTable>([ancestor]);
        while (open.TryPop(out PgTable? next))
        {
            if (next == table)
            {
                return true;
            }

            foreach (PgTable child in next.Children.Where(seen.Add).Select(ByKey).OfType<PgTable>())
            {
                open.Push(child);
            }
        }

        return false;
    }

    private PgTable? Import(string key)
    {
        if (facts is null || !_asked.Add(key) || facts.Find(key) is not { } found || found.Kind == "index")
        {
            return null;
        }

        PgTable table = CatalogueImport.Read(key, found);
        if (facts is PostgreSqlCatalogFacts live)
        {
            CatalogueImport.AddPartitioning(table, live);
        }

        return _tables[key] = table;
    }

    private static void RenameIn(PgTable other, string old, string key)
    {
        if (other.ReferencedBy.Remove(old))
        {
            other.ReferencedBy.Add(key);
        }

        for (int i = 0; i < other.Children.Count; i++)
        {
            other.Children[i] = other.Children[i] == old ? key : other.Children[i];
        }

        other.Parent = other.Parent == old ? key : other.Parent;
        other.DefaultPartition = other.DefaultPartition == old ? key : other.DefaultPartition;
        for (int i = 0; i < other.Constraints.Count; i++)
        {
            other.Constraints[i] = other.Constraints[i].ReferencedKey == old ? other.Constraints[i] with { ReferencedKey = key } : other.Constraints[i];
        }
    }

    private static string Create(PgName qualified) => qualified.Sql;
}
