using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk;

/// <summary>Says what a statement does in the words that all engines share.</summary>
internal static class SqliteEffects
{
    // SQLite locks the whole file: one writer, and nobody reads at the moment of the commit (rollback journal).
    private const string WholeDatabase = "main";

    /// <summary>The statement's effects, locks, rewrites and scans; the caller fills the rest.</summary>
    public static StatementRisk Of(Rules.SqliteRuleContext context)
    {
        StatementRisk risk = Plain(context.Statement);
        bool rebuilt = context.Rebuild is not null || BelongsToRebuild(context);
        risk = risk with
        {
            Effects = [.. risk.Effects.Select(effect => effect with
            {
                Relation = context.NameOf(effect.Relation),
                OnNewRelation = context.IsNew(effect.Relation),
                PartOfRebuild = rebuilt,
            })],
            Mentions = [.. risk.Mentions.Select(context.NameOf)],
            Rewrites = [.. risk.Rewrites.Where(key => !context.IsNew(key)).Select(context.NameOf)],
            Scans = [.. risk.Scans.Where(key => !context.IsNew(key)).Select(context.NameOf)],
        };
        bool writes = risk.ChangesSchema || risk.ChangesData;
        return writes ? risk with { Locks = [new RelationLock(WholeDatabase, "Exclusive") { Long = risk.Rewrites.Count + risk.Scans.Count > 0 || (context.Rebuild?.Copies.Contains(context.Index) ?? false) }] } : risk;
    }

    // Indexes of a table that the file rebuilds, views and triggers that it makes anew, and the care of its sequence.
    private static bool BelongsToRebuild(Rules.SqliteRuleContext context) => context.File.Rebuilds.Count > 0 && context.Statement switch
    {
        CreateIndex made => context.File.Rebuilds.Any(rebuild => rebuild.Table.Equals(made.Table, StringComparison.OrdinalIgnoreCase)),
        CreateTrigger or CreateView => true,
        DropObject { What: "View" or "Trigger" or "Index" } dropped => context.File.Statements.Any(statement => statement switch
        {
            CreateView made => made.Name.Key == dropped.Name.Key,
            CreateTrigger made => made.Name.Key == dropped.Name.Key,
            CreateIndex made => made.Name.Key == dropped.Name.Key,
            _ => false,
        }),
        Insert { Table.Key: "sqlite_sequence" } or Update { Table.Key: "sqlite_sequence" } or Delete { Table.Key: "sqlite_sequence" } => true,
        _ => false,
    };

    private static StatementRisk Plain(SqliteStatement statement) => statement switch
    {
        CreateTable made => Schema(EffectKind.CreateRelation, made.Temporary ? $"temp.{made.Name.Key}" : made.Name.Key) with { Mentions = [.. made.Reads.Concat(Parents(made))] },
        CreateVirtualTable made => Schema(EffectKind.CreateRelation, made.Name.Key),
        CreateView made => Schema(EffectKind.CreateRelation, made.Name.Key) with { Mentions = made.Reads },
        CreateTrigger made => Schema(EffectKind.OtherSchema, made.Table.ToLowerInvariant()),
        CreateIndex made => Schema(EffectKind.CreateIndex, made.Table.ToLowerInvariant(), made.Name.Name) with { Scans = [made.Table.ToLowerInvariant()] },
        DropObject { What: "Table" } dropped => Schema(EffectKind.DropTable, dropped.Name.Key),
        DropObject dropped => Schema(EffectKind.DropOther, dropped.Name.Key),
        RenameTable rename => Schema(EffectKind.RenameRelation, rename.Table.Key) with { Effects = [new(EffectKind.RenameRelation, rename.Table.Key) { NewName = rename.NewName }] },
        RenameColumn rename => Schema(EffectKind.RenameColumn, rename.Table.Key) with
        {
            Effects = [new(EffectKind.RenameColumn, rename.Table.Key) { Member = rename.Column, NewName = rename.NewName }],
        },
        AddColumn add => Schema(EffectKind.AddColumn, add.Table.Key, add.Column.Name) with
        {
            Scans = add.Column.NotNull || add.Column.Checks.Count > 0 || add.Column.Generated is not null ? [add.Table.Key] : [],
            Mentions = add.Column.References is { } parent ? [parent.Parent.ToLowerInvariant()] : [],
        },
        DropColumn drop => Schema(EffectKind.DropColumn, drop.Table.Key, drop.Column) with { Rewrites = [drop.Table.Key] },
        AlterConstraint alter => Schema(alter.Form.StartsWith("DROP", StringComparison.Ordinal) ? EffectKind.DropConstraint : EffectKind.AddConstraint, alter.Table.Key, alter.Name ?? alter.Column) with { Scans = [alter.Table.Key] },
        ForeignForm alter => Schema(EffectKind.OtherSchema, alter.Table.Key),
        _ => Rows(statement),
    };

    private static StatementRisk Rows(SqliteStatement statement) => statement switch
    {
        Insert insert => Data(EffectKind.Insert, insert.Table.Key, bounded: true, insert.Replaces ? DataLoss.Possible : DataLoss.None) with { Mentions = insert.Reads },
        Update update => Data(EffectKind.Update, update.Table.Key, update.Bounded, DataLoss.Possible) with { Mentions = update.Reads, Scans = update.Bounded ? [] : [update.Table.Key] },
        Delete delete => Data(EffectKind.Delete, delete.Table.Key, delete.Bounded, delete.Bounded ? DataLoss.Possible : DataLoss.Certain) with { Scans = delete.Bounded ? [] : [delete.Table.Key] },
        Transaction { Form: "Begin" } => Nothing() with { Effects = [new(EffectKind.Begin, "")], Transactional = false },
        Transaction { Form: "Commit" or "Rollback" } => Nothing() with { Effects = [new(EffectKind.Commit, "")], Transactional = false },
        Maintenance { Form: "Vacuum", Into: false } => Nothing() with { Transactional = false, Locks = [new RelationLock(WholeDatabase, "Exclusive") { Long = true }] },
        Maintenance { Form: "Vacuum" or "Attach" or "Detach" } => Nothing() with { Transactional = false },
        _ => Nothing(),
    };

    private static IEnumerable<string> Parents(CreateTable made) => made.Columns.Select(column => column.References).Concat(made.Constraints.Select(constraint => constraint.References))
        .OfType<ForeignKey>().Select(key => key.Parent.ToLowerInvariant());

    private static StatementRisk Nothing() => new() { Index = 0, Location = new SafeDb.Sql.SqlLocation(null, 1, 1, 1, 1), Sql = "", Kind = "" };

    private static StatementRisk Schema(EffectKind kind, string relation, string? member = null) =>
        Nothing() with { ChangesSchema = true, Effects = [new(kind, relation) { Member = member }] };

    private static StatementRisk Data(EffectKind kind, string relation, bool bounded, DataLoss loss) =>
        Nothing() with { ChangesData = true, DataLoss = loss, Effects = [new(kind, relation) { Bounded = bounded }] };
}
