using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>What a statement does, in the words that the general rules share over all engines.</summary>
internal static class StatementEffects
{
    /// <summary>The effects.</summary>
    public static IEnumerable<StatementEffect> Of(PgStatement statement, AnalysisState state, StatementImpact impact)
    {
        PgModel model = state.Model;
        switch (statement)
        {
            case CreateTable create:
                return [new StatementEffect(EffectKind.CreateRelation, model.Qualify(create.Name).Sql)];
            case CreateView view:
                return [new StatementEffect(EffectKind.CreateRelation, model.Qualify(view.Name).Sql)];
            case AlterTable { Target: "INDEX" }:
                return [];
            case AlterTable alter:
                return alter.Actions.Where((_, i) => !impact.Actions[i].NoOp).Select(action => OfAction(action, model.Get(alter.Name)));
            case CreateIndex index:
                return [On(EffectKind.CreateIndex, model.Get(index.Table)) with { Member = index.Name }];
            case DropObjects drop:
                return drop.Names.Select(name => OfDrop(drop, name, model));
            case QueryStatement query:
                return OfQuery(query, model);
            case TruncateStatement truncate:
                return truncate.Tables.Select(name => On(EffectKind.Truncate, model.Get(name)));
            case CopyStatement { From: true, Table: { } table }:
                return [On(EffectKind.Insert, model.Get(table))];
            case SetStatement set:
                return OfSettings([set]);
            case TransactionStatement { Action: TransactionAction.Begin }:
                return [new StatementEffect(EffectKind.Begin, "")];
            case TransactionStatement { Action: TransactionAction.Commit }:
                return [new StatementEffect(EffectKind.Commit, "")];
            default:
                return [];
        }
    }

    /// <summary>Relations named besides those changed.</summary>
    public static IReadOnlyList<string> Mentions(PgStatement statement, PgModel model) => statement switch
    {
        CreateTable create => [.. create.Constraints.Select(constraint => constraint.References).OfType<PgName>().Concat(create.Query?.Reads ?? []).Concat(create.PartitionOf is null ? [] : [create.PartitionOf]).Concat(create.Inherits).Select(model.Key).Distinct(StringComparer.Ordinal)],
        AlterTable alter => [.. alter.Actions.SelectMany(Named).Select(model.Key).Distinct(StringComparer.Ordinal)],
        CreateView view => [.. view.Query.Reads.Select(model.Key).Distinct(StringComparer.Ordinal)],
        QueryStatement query => [.. query.Reads.Select(model.Key).Distinct(StringComparer.Ordinal)],
        CreateTrigger trigger => [model.Key(trigger.Table)],
        TableDefinition definition => [model.Key(definition.Table)],
        _ => [],
    };

    /// <summary>Whether rows are changed.</summary>
    public static bool ChangesData(PgStatement statement) => statement switch
    {
        QueryStatement query => query.Target is not null || query.NestedChanges.Count > 0,
        TruncateStatement => true,
        CopyStatement copy => copy.From,
        CreateTable create => create.Query is not null,
        _ => false,
    };

    /// <summary>Whether the schema is changed.</summary>
    public static bool ChangesSchema(PgStatement statement) => statement switch
    {
        PlainStatement plain => plain.ChangesSchema,
        QueryStatement query => query.Into is not null,
        UnknownStatement or PrepareStatement or TransactionStatement or SetStatement or CopyStatement or LockStatement or TruncateStatement or VacuumStatement or ClusterStatement or ReindexStatement or RefreshStatement or CodeStatement => false,
        _ => true,
    };

    private static IEnumerable<PgName> Named(AlterAction action) => action switch
    {
        AddConstraint { Constraint.References: { } target } => [target],
        AddColumn add => add.Column.Constraints.Select(constraint => constraint.References).OfType<PgName>(),
        AttachPartition attach => [attach.Partition],
        DetachPartition detach => [detach.Partition],
        InheritParent inherit => [inherit.Parent],
        _ => [],
    };

    private static StatementEffect On(EffectKind kind, PgTable table) => new(kind, table.Key) { OnNewRelation = table.IsNew };

    private static StatementEffect OfAction(AlterAction action, PgTable table) => action switch
    {
        AddColumn add => On(EffectKind.AddColumn, table) with { Member = add.Column.Name },
        DropColumn drop => On(EffectKind.DropColumn, table) with { Member = drop.Column },
        AlterColumnType type => On(EffectKind.ChangeType, table) with { Member = type.Column },
        SetNotNull set => On(EffectKind.AddConstraint, table) with { Member = set.Column },
        AddConstraint add => On(EffectKind.AddConstraint, table) with { Member = add.Constraint.Name },
        DropConstraint drop => On(EffectKind.DropConstraint, table) with { Member = drop.Name },
        DropNotNull drop => On(EffectKind.DropConstraint, table) with { Member = drop.Column },
        RenameTo rename => On(EffectKind.RenameRelation, table) with { NewName = (table.Name with { Name = rename.NewName }).Sql },
        SetSchema set => On(EffectKind.RenameRelation, table) with { NewName = (table.Name with { Schema = set.Schema }).Sql },
        RenameColumn rename => On(EffectKind.RenameColumn, table) with { Member = rename.Column, NewName = rename.NewName },
        _ => On(EffectKind.OtherSchema, table),
    };

    private static StatementEffect OfDrop(DropObjects drop, PgName name, PgModel model) => drop.ObjectKind switch
    {
        "TABLE" or "FOREIGN TABLE" => On(EffectKind.DropTable, model.Get(name)),
        "SCHEMA" when !drop.Cascade => new StatementEffect(EffectKind.DropOther, name.Sql),
        "SCHEMA" or "DATABASE" or "OWNED" => new StatementEffect(EffectKind.DropDatabase, name.Sql),
        "TRIGGER" or "POLICY" or "RULE" when drop.OnTable is { } table => On(EffectKind.DropOther, model.Get(table)) with { Member = name.Name },
        "INDEX" when model.FindIndex(name) is var (table, index) => On(EffectKind.DropOther, table) with { Member = index.Name },
        "VIEW" or "MATERIALIZED VIEW" or "SEQUENCE" => On(EffectKind.DropOther, model.Get(name)),
        _ => new StatementEffect(EffectKind.DropOther, model.Qualify(name).Sql),
    };

    private static List<StatementEffect> OfQuery(QueryStatement query, PgModel model)
    {
        var effects = new List<StatementEffect>();
        if (query.Target is { } target)
        {
            effects.Add(On(KindOf(query.Verb), model.Get(target)) with { Bounded = query.HasWhere || query.Verb is "Insert" or "Merge" });
        }

        effects.AddRange(query.NestedChanges.Select(change => On(KindOf(change.Verb), model.Get(change.Table)) with { Bounded = change.HasWhere || change.Verb is "Insert" or "Merge" }));
        effects.AddRange(OfSettings(query.Settings));
        if (query.Into is { } into)
        {
            effects.Add(new StatementEffect(EffectKind.CreateRelation, model.Qualify(into).Sql));
        }

        return effects;
    }

    private static IEnumerable<StatementEffect> OfSettings(IEnumerable<SetStatement> settings) =>
        settings.Where(set => set.Setting == "lock_timeout").Select(set => new StatementEffect(EffectKind.SetLockTimeout, "") { Member = set.Limit, Limit = set.Duration });

    private static EffectKind KindOf(string verb) => verb switch { "Insert" => EffectKind.Insert, "Delete" => EffectKind.Delete, _ => EffectKind.Update };
}
