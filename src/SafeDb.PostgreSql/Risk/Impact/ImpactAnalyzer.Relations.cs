using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <content>Creating and dropping relations, indexes, views; rows.</content>
internal sealed partial class ImpactAnalyzer
{
    private void Create(CreateTable create)
    {
        if (create.IfNotExists && Model.Find(create.Name) is { IsKnown: true })
        {
            return;
        }

        foreach (TableConstraint foreign in create.Constraints.Where(constraint => constraint.References is not null && constraint.References != create.Name))
        {
            _impact.Lock(Model.Get(foreign.References!), PgLock.ShareRowExclusive);
        }

        foreach (PgName like in create.Likes)
        {
            _impact.Lock(Model.Get(like), PgLock.AccessShare);
        }

        foreach (PgName parent in create.Inherits)
        {
            _impact.Lock(Model.Get(parent), PgLock.ShareUpdateExclusive);
        }

        if (create.PartitionOf is { } parentName)
        {
            PgTable parent = Model.Get(parentName);
            _impact.Lock(parent, PgLock.AccessExclusive);
            if (parent.DefaultPartition is { } key && Model.ByKey(key) is { } other)
            {
                Tree(other, PgLock.AccessExclusive, isLong: true, scan: true);
            }

            foreach (PgConstraint foreign in parent.Constraints.Where(constraint => constraint.ReferencedKey is not null))
            {
                if (Model.ByKey(foreign.ReferencedKey!) is { } referenced)
                {
                    _impact.Lock(referenced, PgLock.ShareRowExclusive);
                }
            }
        }

        Reads(create.Query, scan: !create.NoData);
    }

    private void Comment(string kind, PgName name)
    {
        if (kind == "INDEX")
        {
            _impact.Lock(Model.Qualify(name).Sql, PgLock.ShareUpdateExclusive);
        }
        else
        {
            // What hangs on a table is found through it; only the table's own comment changes its catalogue entry.
            _impact.Lock(Model.Get(name), kind is "CONSTRAINT" or "TRIGGER" or "POLICY" or "RULE" ? PgLock.AccessShare : PgLock.ShareUpdateExclusive);
        }
    }

    private void Sequence(SequenceStatement sequence)
    {
        if (sequence.OwnedBy is { } owner)
        {
            _impact.Lock(Model.Get(owner), PgLock.AccessShare);
        }

        if (sequence.Kind == "AlterSequence")
        {
            PgTable altered = Model.Get(sequence.Name);
            _impact.Lock(altered, sequence.Moves ? PgLock.AccessExclusive : PgLock.ShareRowExclusive);
            if (sequence.Redefines)
            {
                _impact.Rewrite(altered);
            }
        }
    }

    private void Index(CreateIndex index)
    {
        PgTable table = Model.Get(index.Table);
        bool exists = index.IfNotExists && index.Name is { } name && table.Indexes.Exists(known => known.Name == name);
        PgLock mode = index.Concurrently ? PgLock.ShareUpdateExclusive : PgLock.Share;
        Tree(table, mode, isLong: !exists, scan: !exists && !(table.IsPartitioned && index.Only), children: !index.Only && table.IsPartitioned);
        _impact.Transactional = !index.Concurrently;
    }

    private void Drop(DropObjects drop)
    {
        foreach (PgName name in drop.Names)
        {
            switch (drop.ObjectKind)
            {
                case "TABLE" or "FOREIGN TABLE":
                    DropTable(Model.Get(name), drop.Cascade);
                    break;
                case "VIEW" or "MATERIALIZED VIEW" or "SEQUENCE":
                    _impact.Lock(Model.Get(name), PgLock.AccessExclusive);
                    break;
                case "INDEX":
                    DropIndex(name, drop.Concurrently);
                    break;
                case "TRIGGER" or "POLICY" or "RULE" when drop.OnTable is { } table:
                    Tree(Model.Get(table), PgLock.AccessExclusive, children: drop.ObjectKind == "TRIGGER" && Model.Get(table).IsPartitioned);
                    break;
                case "SCHEMA" when drop.Cascade:
                    foreach (PgTable inside in Model.Tables.Where(table => table.Name.Schema == name.Name).ToArray())
                    {
                        DropTable(inside, cascade: true);
                    }

                    _impact.DataLoss = DataLoss.Certain;
                    break;
                case "TYPE" or "DOMAIN" or "EXTENSION" when drop.Cascade:
                    DropColumnsOf(name);
                    _impact.DataLoss = DataLoss.Certain;
                    break;
                case "DATABASE" or "OWNED":
                    _impact.DataLoss = DataLoss.Certain;
                    break;
            }
        }

        _impact.Transactional = !drop.Concurrently && drop.ObjectKind is not ("DATABASE" or "TABLESPACE" or "SUBSCRIPTION");
    }

    private void DropTable(PgTable table, bool cascade)
    {
        Tree(table, PgLock.AccessExclusive);
        if (!table.IsEmpty && table.Kind is not ("view" or "sequence"))
        {
            _impact.DataLoss = DataLoss.Certain;
        }

        foreach (PgConstraint foreign in table.Constraints.Where(constraint => constraint.ReferencedKey is not null && constraint.ReferencedKey != table.Key))
        {
            if (Model.ByKey(foreign.ReferencedKey!) is { } parent)
            {
                _impact.Lock(parent, PgLock.AccessExclusive);
            }
        }

        if (table.Parent is { } parentKey && Model.ByKey(parentKey) is { } partitioned)
        {
            _impact.Lock(partitioned, PgLock.AccessExclusive);
        }

        foreach (string child in cascade ? table.ReferencedBy : [])
        {
            if (child != table.Key && Model.ByKey(child) is { } other)
            {
                _impact.Lock(other, PgLock.AccessExclusive);
            }
        }
    }

    private void DropIndex(PgName name, bool concurrently)
    {
        PgLock mode = concurrently ? PgLock.ShareUpdateExclusive : PgLock.AccessExclusive;
        if (Model.FindIndex(name) is var (table, _))
        {
            Tree(table, mode);
            if (table.IsNew)
            {
                return;
            }
        }

        _impact.Lock(Model.Qualify(name).Sql, mode);
    }

    private void DropColumnsOf(PgName type)
    {
        foreach (PgTable table in Model.Tables.Where(table => table.Columns.Exists(column => column.Type?.Name == type.Name)).ToArray())
        {
            _impact.Lock(table, PgLock.AccessExclusive);
        }
    }

    private void View(CreateView view)
    {
        if (view.OrReplace && Model.Find(view.Name) is { } existing)
        {
            _impact.Lock(existing, PgLock.AccessExclusive);
        }

        Reads(view.Query, scan: view.Materialized && !view.NoData);
    }

    private void Refresh(RefreshStatement refresh)
    {
        PgTable view = Model.Get(refresh.View);
        _impact.Lock(view, refresh.Concurrently ? PgLock.Exclusive : PgLock.AccessExclusive, isLong: true);
        _impact.Scan(view);
        if (!refresh.Concurrently)
        {
            _impact.Rewrite(view);
        }

        foreach (string key in refresh.NoData ? [] : view.Reads)
        {
            if (Model.ByKey(key) is { } read)
            {
                Tree(read, PgLock.AccessShare, isLong: true, scan: true);
            }
        }
    }

    private void Reindex(ReindexStatement reindex)
    {
        PgLock mode = reindex.Concurrently ? PgLock.ShareUpdateExclusive : PgLock.Share;
        if (reindex is { Target: "TABLE", Name: { } tableName })
        {
            PgTable table = Model.Get(tableName);
            Tree(table, mode, isLong: true, scan: true);
            foreach (PgIndex index in table.Indexes)
            {
                _impact.RebuildIndex(table, index);
            }
        }
        else if (reindex is { Target: "INDEX", Name: { } indexName })
        {
            if (Model.FindIndex(indexName) is var (table, index))
            {
                Tree(table, mode, isLong: true, scan: true);
                _impact.RebuildIndex(table, index);
            }

            _impact.Lock(Model.Qualify(indexName).Sql, reindex.Concurrently ? PgLock.ShareUpdateExclusive : PgLock.AccessExclusive, isLong: true);
            _impact.IndexRebuilds.Add(Model.Qualify(indexName).Sql);
        }
        else
        {
            foreach (PgTable table in Model.Tables.Where(table => table.Kind == "table").ToArray())
            {
                Tree(table, mode, isLong: true, scan: true);
            }
        }

        bool partitioned = reindex is { Target: "TABLE", Name: { } whole } && Model.Get(whole).IsPartitioned
            || reindex is { Target: "INDEX", Name: { } part } && Model.FindIndex(part) is { Table.IsPartitioned: true };
        _impact.Transactional = !reindex.Concurrently && reindex.Target is "TABLE" or "INDEX" && !reindex.Concurrently && !partitioned;
    }

    private void Domain(AlterDomain domain)
    {
        bool reads = domain.Change is "VALIDATE" or "SET NOT NULL" || (domain.Change == "ADD" && !domain.NotValid);
        if (!reads)
        {
            return;
        }

        foreach (PgTable table in Model.Tables.Where(table => table.Columns.Exists(column => column.Type?.Name == domain.Name.Name)).ToArray())
        {
            Tree(table, PgLock.Share, isLong: true, scan: true);
        }

        foreach (string user in state.Live?.TablesUsingType(domain.Name) ?? [])
        {
            if (Model.ByKey(user) is { } table)
            {
                Tree(table, PgLock.Share, isLong: true, scan: true);
            }
        }
    }

    private void Truncate(PgTable table, bool cascade, HashSet<string> seen)
    {
        if (!seen.Add(table.Key))
        {
            return;
        }

        Tree(table, PgLock.AccessExclusive, rewrite: true);
        _impact.DataLoss = table.IsEmpty ? _impact.DataLoss : DataLoss.Certain;
        foreach (string key in cascade ? table.ReferencedBy : [])
        {
            if (Model.ByKey(key) is { } child)
            {
                Truncate(child, cascade, seen);
            }
        }
    }

    private void Query(QueryStatement query)
    {
        Reads(query);
        if (query.Target is { } target)
        {
            Change(query.Verb, Model.Get(target), query.HasWhere || query.Verb is "Insert" or "Merge");
        }

        foreach ((string verb, PgName name, bool where) in query.NestedChanges)
        {
            Change(verb, Model.Get(name), where);
        }
    }

    private void Change(string verb, PgTable table, bool bounded)
    {
        Tree(table, PgLock.RowExclusive, isLong: !bounded, scan: !bounded);
        if (verb is "Insert" or "Update" or "Merge")
        {
            foreach (PgConstraint foreign in table.Constraints.Where(constraint => constraint.ReferencedKey is not null && constraint.ReferencedKey != table.Key))
            {
                if (Model.ByKey(foreign.ReferencedKey!) is { } parent)
                {
                    _impact.Lock(parent, PgLock.RowShare);
                }
            }
        }

        if (verb == "Delete" && !table.IsEmpty)
        {
            _impact.DataLoss = bounded && _impact.DataLoss == DataLoss.None ? DataLoss.Possible : bounded ? _impact.DataLoss : DataLoss.Certain;
            foreach (string key in table.ReferencedBy.Where(key => key != table.Key))
            {
                if (Model.ByKey(key) is { } child)
                {
                    bool changes = child.Constraints.Exists(constraint => constraint.ReferencedKey == table.Key && constraint.Definition.OnDelete is "CASCADE" or "SET NULL" or "SET DEFAULT");
                    _impact.Lock(child, changes ? PgLock.RowExclusive : PgLock.RowShare);

                    // Without an index each deleted row reads the whole child.
                    bool indexed = child.Constraints.Where(constraint => constraint.ReferencedKey == table.Key).All(foreign =>
                        foreign.Definition.Columns is not [var first, ..] || child.Indexes.Exists(index => index.Columns is [var column, ..] && column == first));
                    if (child.IsKnown && !indexed)
                    {
                        _impact.Scan(child);
                    }
                }
            }
        }
        else if (verb is "Update" or "Merge" && !table.IsEmpty && _impact.DataLoss == DataLoss.None)
        {
            _impact.DataLoss = DataLoss.Possible;
        }
    }

    private void Reads(QueryStatement? query, bool scan = true)
    {
        foreach (PgName name in query?.Reads ?? [])
        {
            PgTable table = Model.Get(name);
            bool locksRows = query!.LocksRows && (query.LockedTables.Count == 0 || query.LockedTables.Contains(name));
            Tree(table, locksRows ? PgLock.RowShare : PgLock.AccessShare, scan: scan && !query.HasWhere && table.Kind is not "view");
            foreach (string key in table.Kind == "view" ? table.Reads : [])
            {
                if (Model.ByKey(key) is { } under)
                {
                    Tree(under, PgLock.AccessShare);
                }
            }
        }
    }
}
