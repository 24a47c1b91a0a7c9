using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>What a statement does to relations: gathered by the analysis, read by the rules.</summary>
internal sealed class StatementImpact
{
    private readonly Dictionary<string, (PgLock Mode, bool Long)> _locks = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];

    /// <summary>Relations whose rows are written anew.</summary>
    public SortedSet<string> Rewrites { get; } = new(StringComparer.Ordinal);

    /// <summary>Relations read in full.</summary>
    public SortedSet<string> Scans { get; } = new(StringComparer.Ordinal);

    /// <summary>Indexes built anew.</summary>
    public SortedSet<string> IndexRebuilds { get; } = new(StringComparer.Ordinal);

    /// <summary>What becomes of rows that exist.</summary>
    public DataLoss DataLoss { get; set; }

    /// <summary>Whether the server allows the statement inside a transaction.</summary>
    public bool Transactional { get; set; } = true;

    /// <summary>For ALTER TABLE: what each action does, in order.</summary>
    public List<ActionImpact> Actions { get; } = [];

    /// <summary>The locks in the order in which they were found.</summary>
    public IEnumerable<(string Relation, PgLock Mode, bool Long)> Locks => _order.Select(key => (key, _locks[key].Mode, _locks[key].Long));

    /// <summary>Adds a lock; the strongest of a relation stays. Relations that nobody else uses yet are left out.</summary>
    public void Lock(PgTable table, PgLock mode, bool isLong = false)
    {
        if (!table.IsNew)
        {
            Lock(table.Key, mode, isLong);
        }
    }

    /// <summary>Adds a lock on a relation by name.</summary>
    public void Lock(string key, PgLock mode, bool isLong = false)
    {
        if (mode == PgLock.None)
        {
            return;
        }

        if (_locks.TryGetValue(key, out (PgLock Mode, bool Long) old))
        {
            _locks[key] = (mode > old.Mode ? mode : old.Mode, isLong || old.Long);
        }
        else
        {
            _order.Add(key);
            _locks[key] = (mode, isLong);
        }
    }

    /// <summary>Marks a table as written anew, with its indexes.</summary>
    public void Rewrite(PgTable table)
    {
        if (!table.IsNew)
        {
            Rewrites.Add(table.Key);
            foreach (PgIndex index in table.Indexes)
            {
                RebuildIndex(table, index);
            }
        }
    }

    /// <summary>Marks a table as read in full.</summary>
    public void Scan(PgTable table)
    {
        if (!table.IsNew)
        {
            Scans.Add(table.Key);
        }
    }

    /// <summary>Marks an index as built anew.</summary>
    public void RebuildIndex(PgTable table, PgIndex index)
    {
        if (!table.IsNew)
        {
            IndexRebuilds.Add(new PgName(table.Name.Schema, index.Name).Sql);
        }
    }
}

/// <summary>What one action of an ALTER TABLE does.</summary>
/// <param name="Action">The action.</param>
/// <param name="Mode">Its lock on the table.</param>
internal sealed record ActionImpact(AlterAction Action, PgLock Mode)
{
    /// <summary>Whether the table is written anew.</summary>
    public bool Rewrite { get; init; }

    /// <summary>Why, when it is: <c>volatile</c>, <c>serial</c>, <c>identity</c>, <c>generated</c>, <c>domain</c>, <c>type</c>, …</summary>
    public string? RewriteReason { get; init; }

    /// <summary>Whether the table is read in full under the lock.</summary>
    public bool Scan { get; init; }

    /// <summary>Indexes of the table that are built anew though the rows are not.</summary>
    public IReadOnlyList<PgIndex> RebuiltIndexes { get; init; } = [];

    /// <summary>Whether an index is built for a key.</summary>
    public bool BuildsIndex { get; init; }

    /// <summary>The other tables that are locked: mode, and whether they are read.</summary>
    public IReadOnlyList<(PgTable Table, PgLock Mode, bool Scan)> Partners { get; init; } = [];

    /// <summary>How a change of type treats the rows.</summary>
    public TypeChange? TypeChange { get; init; }

    /// <summary>What the server would say, when it is known to refuse: SQLSTATE.</summary>
    public string? Error { get; init; }

    /// <summary>What becomes of rows.</summary>
    public DataLoss DataLoss { get; init; }

    /// <summary>Whether nothing happens (IF NOT EXISTS of what exists, a type that is the same).</summary>
    public bool NoOp { get; init; }
}
