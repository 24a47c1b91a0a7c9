using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>ALTER COLUMN TYPE: the change itself, and what hangs on the column.</summary>
internal sealed class ColumnTypeImpact(AnalysisState state, PgTable table)
{
    /// <summary>Works out the change.</summary>
    public ActionImpact Of(AlterColumnType action)
    {
        PgColumn? column = table.Column(action.Column);
        TypeChange change = TypeChange.Of(Resolve(column?.Type), column?.Collation, action with { Type = Resolve(action.Type)! }, state.IsUtc);
        bool rewrite = change.Cost == TypeChangeCost.Rewrite;
        bool noOp = change.Cost == TypeChangeCost.None && column?.Type?.Same(action.Type) == true && action.Using is null;
        IReadOnlyList<PgIndex> rebuilt = rewrite || noOp ? [] : [.. table.Indexes.Where(index => index.Mentions.Contains(action.Column, StringComparer.Ordinal) || (change.Cost == TypeChangeCost.IndexRebuild && index.Columns.Contains(action.Column, StringComparer.Ordinal)))];
        bool check = !noOp && table.Constraints.Any(constraint => constraint.Definition.Check?.Names.Contains(action.Column, StringComparer.Ordinal) == true);
        return new ActionImpact(action, PgLock.AccessExclusive)
        {
            Rewrite = rewrite,
            RewriteReason = rewrite ? "type" : null,
            Scan = !rewrite && (check || rebuilt.Count > 0),
            RebuiltIndexes = rebuilt,
            Partners = Partners(action, change),
            TypeChange = change,
            Error = Error(action, change),
            DataLoss = table.IsEmpty ? DataLoss.None : change.Data switch { TypeChangeData.SilentChange => DataLoss.Possible, TypeChangeData.MayFailOrChange when change.Known => DataLoss.Possible, TypeChangeData.MayFailOrChange => DataLoss.Possible, _ => DataLoss.None },
            NoOp = noOp,
        };
    }

    // An enum or domain of the same name in two schemas is not the same type; what a domain rests on decides its casts.
    private PgType? Resolve(PgType? type) =>
        type is not null && !PgTypeNames.IsBuiltIn(type.Name) && state.Model.FindType(new PgName(type.Schema, type.Name)) is { Constrained: false, Base: { } basis } && type.Dimensions == 0 ? basis : type;

    private List<(PgTable, PgLock, bool)> Partners(AlterColumnType action, TypeChange change)
    {
        bool recheck = change.Cost != TypeChangeCost.None;
        var partners = new List<(PgTable, PgLock, bool)>();
        foreach (PgConstraint constraint in table.Constraints.Where(constraint => constraint.ReferencedKey is not null && constraint.Definition.Columns.Contains(action.Column, StringComparer.Ordinal)))
        {
            if (state.Model.ByKey(constraint.ReferencedKey!) is { } parent && parent != table)
            {
                partners.Add((parent, PgLock.AccessExclusive, recheck));
            }
        }

        partners.AddRange(ConstraintImpact.ChildrenUsing(state.Model, table, [action.Column]).Select(child => (child, PgLock.AccessExclusive, recheck)));
        return partners;
    }

    // The index is built anew after the rows are written, and then the new type has no order to build it by.
    private bool LosesIndex(AlterColumnType action) =>
        action.Type.Dimensions == 0 && PgTypeNames.HasNoOrder(action.Type.Name)
        && table.Indexes.Exists(index => index.Method is "btree" or "hash" && index.Columns.Contains(action.Column, StringComparer.Ordinal));

    private string? Error(AlterColumnType action, TypeChange change)
    {
        bool view = state.Model.ReadersOf(table.Key).Any(reader => reader.Mentions.Count == 0 || reader.Mentions.Contains(action.Column, StringComparer.Ordinal));
        bool generated = table.Columns.Exists(column => column.Generated?.Names.Contains(action.Column, StringComparer.Ordinal) == true);
        view |= state.Live?.UsersOf(table.Key, action.Column).Any() == true;
        return view || generated ? "0A000" : change.NeedsUsing ? "42804" : LosesIndex(action) ? "42704" : null;
    }
}
