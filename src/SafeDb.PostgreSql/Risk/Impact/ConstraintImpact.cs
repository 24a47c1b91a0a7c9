using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>Locks and scans of adding, validating and dropping constraints.</summary>
internal sealed class ConstraintImpact(AnalysisState state, PgTable table)
{
    /// <summary>ADD CONSTRAINT.</summary>
    public ActionImpact Add(AddConstraint add)
    {
        TableConstraint constraint = add.Constraint;
        switch (constraint.Kind)
        {
            case ConstraintKind.ForeignKey:
                bool scan = !constraint.NotValid && !constraint.NotEnforced;
                bool refused = constraint.NotValid && table.IsPartitioned && state.Major < 18;
                return new ActionImpact(add, PgLock.ShareRowExclusive) { Scan = scan, Partners = [(state.Model.Get(constraint.References!), PgLock.ShareRowExclusive, scan)], Error = refused ? "42809" : null };
            case ConstraintKind.PrimaryKey when constraint.UsingIndex is { } name:
                IReadOnlyList<string?> columns = table.Indexes.Find(index => index.Name == name)?.Columns ?? [null];
                return new ActionImpact(add, PgLock.AccessExclusive) { Scan = columns.Any(column => column is null || !IsNotNull(column)) };
            case ConstraintKind.PrimaryKey or ConstraintKind.Unique or ConstraintKind.Exclude:
                return new ActionImpact(add, PgLock.AccessExclusive) { Scan = constraint.UsingIndex is null, BuildsIndex = constraint.UsingIndex is null };
            case ConstraintKind.NotNull:
                return new ActionImpact(add, PgLock.AccessExclusive) { Scan = !constraint.NotValid && !IsNotNull(constraint.Columns[0]) };
            default:
                return new ActionImpact(add, PgLock.AccessExclusive) { Scan = !constraint.NotValid && !constraint.NotEnforced };
        }
    }

    /// <summary>VALIDATE CONSTRAINT.</summary>
    public ActionImpact Validate(ValidateConstraint validate)
    {
        PgConstraint? known = table.Constraint(validate.Name);
        bool scan = known?.Valid != true;
        return new ActionImpact(validate, PgLock.ShareUpdateExclusive)
        {
            Scan = scan, Partners = scan && known?.ReferencedKey is { } key && state.Model.ByKey(key) is { } parent ? [(parent, PgLock.RowShare, true)] : [],
        };
    }

    /// <summary>ALTER CONSTRAINT … ENFORCED, which reads the rows at once.</summary>
    public ActionImpact Enforce(AlterConstraint enforce)
    {
        PgTable? parent = table.Constraint(enforce.Name)?.ReferencedKey is { } key ? state.Model.ByKey(key) : null;
        return new ActionImpact(enforce, PgLock.AccessExclusive) { Scan = true, Partners = parent is null ? [] : [(parent, PgLock.ShareRowExclusive, true)] };
    }

    /// <summary>DROP CONSTRAINT.</summary>
    public ActionImpact Drop(DropConstraint drop)
    {
        PgConstraint? known = table.Constraint(drop.Name);
        var partners = new List<(PgTable, PgLock, bool)>();
        if (known?.ReferencedKey is { } key && state.Model.ByKey(key) is { } parent && parent != table)
        {
            partners.Add((parent, PgLock.AccessExclusive, false));
        }

        if (drop.Cascade && known?.Definition.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique)
        {
            partners.AddRange(ChildrenUsing(state.Model, table, known!.Definition.Columns).Select(child => (child, PgLock.AccessExclusive, false)));
        }

        return new ActionImpact(drop, PgLock.AccessExclusive) { Partners = partners };
    }

    /// <summary>Tables with a foreign key to one of the columns.</summary>
    public static IEnumerable<PgTable> ChildrenUsing(PgModel model, PgTable parent, IReadOnlyList<string> columns)
    {
        foreach (string key in parent.ReferencedBy)
        {
            if (model.ByKey(key) is { } child && child != parent && child.Constraints.Any(constraint => constraint.ReferencedKey == parent.Key && Uses(constraint.Definition, parent, columns)))
            {
                yield return child;
            }
        }
    }

    private static bool Uses(TableConstraint foreign, PgTable parent, IReadOnlyList<string> columns)
    {
        IReadOnlyList<string> referenced = foreign.ReferencedColumns.Count > 0 ? foreign.ReferencedColumns : parent.PrimaryKey?.Definition.Columns ?? [];
        return referenced.Count == 0 || referenced.Any(columns.Contains);
    }

    // ADD PRIMARY KEY sets NOT NULL like SET NOT NULL does, so a validated CHECK spares the scan.
    private bool IsNotNull(string column) =>
        table.Column(column)?.NotNull == true || table.Constraints.Any(constraint => constraint.Valid && NotNullProof.Proves(constraint.Definition, column));
}
