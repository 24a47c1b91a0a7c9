using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>Works out what a statement locks, rewrites and reads, against the model as it is before the statement.</summary>
internal sealed partial class ImpactAnalyzer(AnalysisState state)
{
    private readonly StatementImpact _impact = new();

    private PgModel Model => state.Model;

    /// <summary>Analyses one statement.</summary>
    public static StatementImpact Analyse(PgStatement statement, AnalysisState state)
    {
        var analyzer = new ImpactAnalyzer(state);
        analyzer.Visit(statement);
        return analyzer._impact;
    }

    private void Visit(PgStatement statement)
    {
        switch (statement)
        {
            case CreateTable create:
                Create(create);
                break;
            case AlterTable alter:
                Alter(alter);
                break;
            case CreateIndex index:
                Index(index);
                break;
            case DropObjects drop:
                Drop(drop);
                break;
            case QueryStatement query:
                Query(query);
                break;
            case TruncateStatement truncate:
                foreach (PgName name in truncate.Tables)
                {
                    Truncate(Model.Get(name), truncate.Cascade, []);
                }

                break;
            case LockStatement locked:
                PgLock mode = Enum.TryParse(locked.Mode, out PgLock parsed) ? parsed : PgLock.AccessExclusive;
                OnAll(locked.Tables, mode);
                break;
            default:
                Definitions(statement);
                break;
        }
    }

    private void Definitions(PgStatement statement)
    {
        switch (statement)
        {
            case CreateView view:
                View(view);
                break;
            case CreateTrigger trigger:
                foreach (PgTable triggered in new[] { trigger.Table, trigger.From }.OfType<PgName>().Select(Model.Get))
                {
                    Tree(triggered, PgLock.ShareRowExclusive, children: triggered.IsPartitioned);
                }

                break;
            case TableDefinition definition:
                Tree(Model.Get(definition.Table), PgLock.AccessExclusive, children: false);
                break;
            case CommentStatement { Table: { } table } comment:
                Comment(comment.ObjectKind, table);
                break;
            case SequenceStatement sequence:
                Sequence(sequence);
                break;
            case AlterType { Change: "ATTRIBUTE", Cascade: true } type:
                string key = Model.Qualify(type.Name).Sql;
                foreach (PgTable typed in Model.Tables.Where(table => table.OfType == key).ToArray())
                {
                    Tree(typed, PgLock.AccessExclusive);
                }

                break;
            case RelationsStatement named:
                OnAll(named.Tables, named.Mode, children: false);
                break;
            case CreateSchema schema:
                foreach (PgStatement element in schema.Elements)
                {
                    Visit(element);
                }

                break;
            case AlterDomain domain:
                Domain(domain);
                break;
            case CopyStatement { Table: { } copied } copy:
                Tree(Model.Get(copied), copy.From ? PgLock.RowExclusive : PgLock.AccessShare, scan: !copy.From);
                break;
            case CopyStatement { Query: { } copied }:
                Query(copied);
                break;
            default:
                Maintenance(statement);
                break;
        }
    }

    private void Maintenance(PgStatement statement)
    {
        switch (statement)
        {
            case VacuumStatement vacuum:
                foreach (PgTable table in vacuum.Tables.Select(Model.Get))
                {
                    Tree(table, vacuum.Full ? PgLock.AccessExclusive : PgLock.ShareUpdateExclusive, isLong: true, rewrite: vacuum.Full);
                }

                _impact.Transactional = vacuum.AnalyzeOnly;
                break;
            case ClusterStatement cluster:
                if (cluster.Table is { } name)
                {
                    Tree(Model.Get(name), PgLock.AccessExclusive, isLong: true, rewrite: true);
                }

                _impact.Transactional = cluster.Table is { } one && !Model.Get(one).IsPartitioned;
                break;
            case ReindexStatement reindex:
                Reindex(reindex);
                break;
            case RefreshStatement refresh:
                Refresh(refresh);
                break;
            case ServerStatement server:
                _impact.Transactional = !server.OutsideTransactionOnly;
                break;
            case PlainStatement plain:
                _impact.Transactional = !plain.OutsideTransactionOnly;
                break;
        }
    }

    private void Alter(AlterTable alter)
    {
        if (alter.Target == "INDEX")
        {
            IndexChange(alter);
            return;
        }

        PgTable table = Model.Get(alter.Name);
        var actions = new AlterTableImpact(state, table, alter);
        foreach (AlterAction action in alter.Actions)
        {
            ActionImpact impact = actions.Of(action);
            _impact.Actions.Add(impact);
            bool children = !alter.Only && (table.IsPartitioned ? Recurses(action) : ReachesChildren(action));
            Tree(table, impact.Mode, impact.Rewrite || impact.Scan, impact.Rewrite, impact.Scan, children);
            foreach ((PgTable partner, PgLock mode, bool scan) in impact.Partners)
            {
                Tree(partner, mode, scan, scan: scan, children: partner.IsPartitioned);
            }

            foreach (PgIndex index in impact.RebuiltIndexes)
            {
                _impact.RebuildIndex(table, index);
            }

            _impact.DataLoss = impact.DataLoss > _impact.DataLoss ? impact.DataLoss : _impact.DataLoss;
            _impact.Transactional &= action is not DetachPartition { Concurrently: true };
        }
    }

    private static bool Recurses(AlterAction action) =>
        action is AddColumn or DropColumn or AlterColumnType or SetNotNull or DropNotNull or SetDefault or SetExpression or Sql.Statements.AddConstraint or ValidateConstraint or DropConstraint or RenameColumn
            or CatalogueAction { Column: not null } or SetTrigger;

    // Partitions follow in more than children by inheritance do: keys, foreign keys and triggers are each table's own.
    private static bool ReachesChildren(AlterAction action) =>
        Recurses(action) && action is not (SetTrigger or Sql.Statements.AddConstraint { Constraint.Kind: not (ConstraintKind.Check or ConstraintKind.NotNull) } or Sql.Statements.AddConstraint { Constraint.NoInherit: true });

    private void IndexChange(AlterTable alter)
    {
        foreach (AttachPartition attach in alter.Actions.OfType<AttachPartition>())
        {
            _impact.Lock(Model.Qualify(attach.Partition).Sql, PgLock.AccessExclusive);
            foreach (PgTable owner in new[] { Model.FindIndex(alter.Name)?.Table, Model.FindIndex(attach.Partition)?.Table }.OfType<PgTable>())
            {
                _impact.Lock(owner, PgLock.AccessShare);
            }
        }

        foreach (AlterAction action in alter.Actions)
        {
            PgLock mode = action switch { RenameTo => PgLock.ShareUpdateExclusive, CatalogueAction catalogue => catalogue.Mode, AttachPartition => PgLock.ShareUpdateExclusive, _ => PgLock.AccessExclusive };
            if (Model.FindIndex(alter.Name) is not { Table.IsNew: true })
            {
                _impact.Lock(Model.Qualify(alter.Name).Sql, mode);
            }

            _impact.Actions.Add(new ActionImpact(action, mode) { Rewrite = action is SetTablespace, RewriteReason = action is SetTablespace ? "move" : null });
        }
    }

    /// <summary>Locks a table and, when it is partitioned, its partitions; rows are read and written only in the leaves.</summary>
    private void Tree(PgTable table, PgLock mode, bool isLong = false, bool rewrite = false, bool scan = false, bool children = true)
    {
        bool leaf = !table.IsPartitioned;
        _impact.Lock(table, mode, isLong && leaf);
        if (leaf && rewrite)
        {
            _impact.Rewrite(table);
        }

        if (leaf && scan)
        {
            _impact.Scan(table);
        }

        foreach (string key in children ? table.Children : [])
        {
            if (Model.ByKey(key) is { } child)
            {
                Tree(child, mode, isLong, rewrite, scan);
            }
            else
            {
                _impact.Lock(key, mode, isLong);
            }
        }
    }

    private void OnAll(IReadOnlyList<PgName> names, PgLock mode, bool children = true)
    {
        foreach (PgName name in names)
        {
            Tree(Model.Get(name), mode, children: children);
        }
    }
}
