using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>Locks, rewrites and scans of ALTER TABLE, as measured on PostgreSQL 15 and documented for the others.</summary>
internal sealed class AlterTableImpact(AnalysisState state, PgTable table, AlterTable alter)
{
    /// <summary>Works out one action.</summary>
    public ActionImpact Of(AlterAction action) => action switch
    {
        AddColumn add => Add(add),
        DropColumn drop => Drop(drop),
        AlterColumnType type => new ColumnTypeImpact(state, table).Of(type),
        SetNotNull set => SetNotNull(set),
        AddConstraint add => new ConstraintImpact(state, table).Add(add),
        ValidateConstraint validate => new ConstraintImpact(state, table).Validate(validate),
        DropConstraint drop => new ConstraintImpact(state, table).Drop(drop),
        AlterConstraint { Enforces: true } enforce => new ConstraintImpact(state, table).Enforce(enforce),
        SetExpression set => new ActionImpact(set, PgLock.AccessExclusive) { Rewrite = true, RewriteReason = "generated", DataLoss = DataLoss.Possible },
        SetTrigger set => new ActionImpact(set, PgLock.ShareRowExclusive),
        SetLogged set when table.Unlogged == !set.Logged => new ActionImpact(set, PgLock.AccessExclusive) { NoOp = true },
        SetLogged set => new ActionImpact(set, PgLock.AccessExclusive) { Rewrite = true, RewriteReason = "persistence" },
        SetTablespace set => Move(set, set.Tablespace == (table.Tablespace ?? "pg_default")),
        SetAccessMethod set => Move(set, set.Method == (table.AccessMethod ?? "heap")),
        InheritParent inherit => new ActionImpact(inherit, PgLock.AccessExclusive)
        {
            Partners = [(state.Model.Get(inherit.Parent), inherit.Remove ? PgLock.AccessShare : PgLock.ShareUpdateExclusive, false)],
        },
        AttachPartition attach => Attach(attach),
        DetachPartition detach => Detach(detach),
        CatalogueAction catalogue => new ActionImpact(catalogue, catalogue.Mode),
        RenameTo when alter.Target == "INDEX" => new ActionImpact(action, PgLock.ShareUpdateExclusive),
        _ => new ActionImpact(action, PgLock.AccessExclusive),
    };

    private ActionImpact Add(AddColumn add)
    {
        ColumnDefinition column = add.Column;
        if (add.IfNotExists && table.Column(column.Name) is not null)
        {
            return new ActionImpact(add, PgLock.AccessExclusive) { NoOp = true };
        }

        string? reason = RewriteReason(column);
        bool hasValue = column.Default is { IsNull: false } || reason is not null;
        bool check = column.Constraints.Any(constraint => constraint.Kind == ConstraintKind.Check && !constraint.NotEnforced);
        bool key = column.Constraints.Any(constraint => constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique);
        // Rows deleted in the same transaction are not checked any more, and nobody can have put in new ones: the table is locked.
        bool emptied = state.InTransaction && table.EmptiedInTransaction == state.Transaction;
        bool missing = column.NotNull && !hasValue && !table.IsEmpty && !emptied;
        List<(PgTable, PgLock, bool)> partners = [.. column.Constraints.Where(constraint => constraint.References is not null)
            .Select(constraint => (state.Model.Get(constraint.References!), PgLock.ShareRowExclusive, hasValue))];
        return new ActionImpact(add, PgLock.AccessExclusive)
        {
            Rewrite = reason is not null,
            RewriteReason = reason,
            Scan = reason is null && (check || key || missing || (hasValue && partners.Count > 0)),
            BuildsIndex = key,
            Partners = partners,
            Error = missing ? "23502" : null,
        };
    }

    private string? RewriteReason(ColumnDefinition column)
    {
        if (column.Identity)
        {
            return "identity";
        }

        if (column.Type?.Serial == true)
        {
            return "serial";
        }

        if (column.Generated is not null)
        {
            bool stored = column.GeneratedStored ?? state.Major < 18;
            return stored ? "generated" : null;
        }

        if (column.Type is { } type && state.Model.FindType(new PgName(type.Schema, type.Name)) is { Constrained: true, IsDomain: true } && type.Dimensions == 0)
        {
            return "domain";
        }

        return column.Default is { } expression && DefaultVolatility.FirstVolatile(expression, state.Model) is { } call ? call.Volatility == PgVolatility.Volatile ? "volatile" : "unknown" : null;
    }

    private ActionImpact Drop(DropColumn drop)
    {
        var partners = new List<(PgTable, PgLock, bool)>();
        foreach (PgConstraint constraint in table.Constraints.Where(constraint => constraint.Definition.Columns.Contains(drop.Column, StringComparer.Ordinal) && constraint.ReferencedKey is not null))
        {
            if (state.Model.ByKey(constraint.ReferencedKey!) is { } parent && parent != table)
            {
                partners.Add((parent, PgLock.AccessExclusive, false));
            }
        }

        if (drop.Cascade)
        {
            partners.AddRange(ConstraintImpact.ChildrenUsing(state.Model, table, [drop.Column]).Select(child => (child, PgLock.AccessExclusive, false)));
        }

        return new ActionImpact(drop, PgLock.AccessExclusive) { Partners = partners, DataLoss = table.IsEmpty ? DataLoss.None : DataLoss.Certain };
    }

    private ActionImpact SetNotNull(SetNotNull set)
    {
        // In one ALTER the constraint is dropped before NOT NULL is checked, whatever the order in the text.
        HashSet<string> dropped = [.. alter.Actions.OfType<DropConstraint>().Select(drop => drop.Name)];
        bool proved = table.Column(set.Column)?.NotNull == true
            || table.Constraints.Any(constraint => constraint.Valid && !dropped.Contains(constraint.Name) && NotNullProof.Proves(constraint.Definition, set.Column));
        return new ActionImpact(set, PgLock.AccessExclusive) { Scan = !proved };
    }

    private static ActionImpact Move(AlterAction action, bool same) =>
        new(action, PgLock.AccessExclusive) { Rewrite = !same, RewriteReason = same ? null : "move", NoOp = same };

    private ActionImpact Attach(AttachPartition attach)
    {
        if (alter.Target == "INDEX" || attach.Bound.Length == 0)
        {
            return new ActionImpact(attach, PgLock.ShareUpdateExclusive);
        }

        PgTable partition = state.Model.Get(attach.Partition);
        var partners = new List<(PgTable, PgLock, bool)> { (partition, PgLock.AccessExclusive, !PartitionProof.Proves(partition, table, attach)) };
        if (table.DefaultPartition is { } key && state.Model.ByKey(key) is { } other)
        {
            partners.Add((other, PgLock.AccessExclusive, true));
        }

        foreach (PgConstraint foreign in table.Constraints.Where(constraint => constraint.ReferencedKey is not null))
        {
            if (state.Model.ByKey(foreign.ReferencedKey!) is { } parent)
            {
                partners.Add((parent, PgLock.ShareRowExclusive, true));
            }
        }

        return new ActionImpact(attach, PgLock.ShareUpdateExclusive) { Partners = partners };
    }

    private ActionImpact Detach(DetachPartition detach)
    {
        PgTable partition = state.Model.Get(detach.Partition);
        PgLock mode = detach.Concurrently || detach.Finalize ? PgLock.ShareUpdateExclusive : PgLock.AccessExclusive;
        var partners = new List<(PgTable, PgLock, bool)> { (partition, PgLock.AccessExclusive, false) };
        if (table.DefaultPartition is { } key && key != partition.Key && state.Model.ByKey(key) is { } other)
        {
            partners.Add((other, mode, false));
        }

        return new ActionImpact(detach, mode) { Partners = partners };
    }
}
