using System.Globalization;

using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk;

/// <summary>What statements of T-SQL do, in the words that all engines share, and the locks that they take.</summary>
internal static class TSqlEffects
{
    private const string SchemaModification = "Sch-M";

    /// <summary>The effects of a statement.</summary>
    public static IReadOnlyList<StatementEffect> Of(TSqlStatement statement, TSqlState state) => statement switch
    {
        CreateTableStatement create => [new(EffectKind.CreateRelation, TSqlNames.Of(create.SchemaObjectName))],
        CreateViewStatement view => [new(EffectKind.CreateRelation, TSqlNames.Of(view.SchemaObjectName))],
        DropTableStatement drop => [.. drop.Objects.Select(name => On(EffectKind.DropTable, name, state))],
        DropObjectsStatement drop => [.. drop.Objects.Select(name => On(EffectKind.DropOther, name, state))],
        DropDatabaseStatement drop => [.. drop.Databases.Select(name => new StatementEffect(EffectKind.DropDatabase, name.Value))],
        TruncateTableStatement truncate => [On(EffectKind.Truncate, truncate.TableName, state)],
        AlterTableAddTableElementStatement add =>
        [
            .. add.Definition.ColumnDefinitions.Select(column => On(EffectKind.AddColumn, add.SchemaObjectName, state, column.ColumnIdentifier.Value)),
            .. add.Definition.TableConstraints.Select(constraint => On(EffectKind.AddConstraint, add.SchemaObjectName, state, constraint.ConstraintIdentifier?.Value)),
        ],
        AlterTableDropTableElementStatement drop => [.. drop.AlterTableDropTableElements.Select(element =>
            On(element.TableElementType == TableElementType.Column ? EffectKind.DropColumn : EffectKind.DropConstraint, drop.SchemaObjectName, state, element.Name.Value))],
        AlterTableAlterColumnStatement alter => [On(EffectKind.ChangeType, alter.SchemaObjectName, state, alter.ColumnIdentifier.Value)],
        AlterTableStatement alter => [On(EffectKind.OtherSchema, alter.SchemaObjectName, state)],
        CreateIndexStatement index => [On(EffectKind.CreateIndex, index.OnName, state, index.Name.Value)],
        InsertStatement { InsertSpecification.Target: NamedTableReference target } => [On(EffectKind.Insert, target.SchemaObject, state)],
        UpdateStatement { UpdateSpecification: { Target: NamedTableReference target } update } => [Bounded(EffectKind.Update, target, state, update.WhereClause is not null || update.TopRowFilter is not null)],
        DeleteStatement { DeleteSpecification: { Target: NamedTableReference target } delete } => [Bounded(EffectKind.Delete, target, state, delete.WhereClause is not null || delete.TopRowFilter is not null)],
        MergeStatement { MergeSpecification.Target: NamedTableReference target } => [Bounded(EffectKind.Update, target, state, bounded: true)],
        BeginTransactionStatement => [new(EffectKind.Begin, string.Empty)],
        CommitTransactionStatement or RollbackTransactionStatement => [new(EffectKind.Commit, string.Empty)],
        SetCommandStatement set when set.Commands.OfType<GeneralSetCommand>().FirstOrDefault(command => command.CommandType == GeneralSetCommandType.LockTimeout) is { } timeout =>
            [new(EffectKind.SetLockTimeout, string.Empty) { Member = timeout.Parameter is UnaryExpression ? null : (timeout.Parameter as Literal)?.Value ?? "a variable", Limit = timeout.Parameter is IntegerLiteral { Value: var wait } && int.TryParse(wait, CultureInfo.InvariantCulture, out int ms) ? TimeSpan.FromMilliseconds(ms) : null }],
        ProcedureStatementBody or ViewStatementBody or TriggerStatementBody or CreateSchemaStatement or AlterIndexStatement or CreateTypeStatement or CreateSequenceStatement or DropUnownedObjectStatement
            or DropIndexStatement or SecurityStatement => [new(EffectKind.OtherSchema, string.Empty)],
        _ => [],
    };

    /// <summary>The locks of a statement on relations that others can use.</summary>
    public static IReadOnlyList<RelationLock> Locks(TSqlStatement statement, TSqlState state) => [.. Named(statement).Where(held => !state.NewTables.Contains(held.Relation))];

    /// <summary>Whether effects change the schema, or rows.</summary>
    public static (bool Schema, bool Data) Changes(IReadOnlyList<StatementEffect> effects) => (
        effects.Any(effect => effect.Kind is not (EffectKind.Insert or EffectKind.Update or EffectKind.Delete or EffectKind.Truncate or EffectKind.Begin or EffectKind.Commit or EffectKind.SetLockTimeout)),
        effects.Any(effect => effect.Kind is EffectKind.Insert or EffectKind.Update or EffectKind.Delete or EffectKind.Truncate));

    private static IEnumerable<RelationLock> Named(TSqlStatement statement)
    {
        switch (statement)
        {
            case AlterTableStatement alter:
                yield return new(TSqlNames.Of(alter.SchemaObjectName), SchemaModification);
                if (alter is AlterTableAddTableElementStatement add)
                {
                    foreach (ForeignKeyConstraintDefinition foreign in TSqlShape.AddedConstraints(add).OfType<ForeignKeyConstraintDefinition>())
                    {
                        yield return new(TSqlNames.Of(foreign.ReferenceTableName), SchemaModification);
                    }
                }

                break;
            case CreateTableStatement create:
                foreach (ForeignKeyConstraintDefinition foreign in create.Definition.TableConstraints.Concat(create.Definition.ColumnDefinitions.SelectMany(column => column.Constraints)).OfType<ForeignKeyConstraintDefinition>())
                {
                    yield return new(TSqlNames.Of(foreign.ReferenceTableName), SchemaModification);
                }

                break;
            case DropTableStatement drop:
                foreach (SchemaObjectName name in drop.Objects)
                {
                    yield return new(TSqlNames.Of(name), SchemaModification);
                }

                break;
            case TruncateTableStatement truncate:
                yield return new(TSqlNames.Of(truncate.TableName), SchemaModification);
                break;
            case CreateIndexStatement index when TSqlShape.IsOn(index.IndexOptions, IndexOptionKind.Online):
                yield return new(TSqlNames.Of(index.OnName), "IS");
                break;
            case CreateIndexStatement index:
                yield return new(TSqlNames.Of(index.OnName), index.Clustered == true ? SchemaModification : "S") { Long = true };
                break;
            case UpdateStatement { UpdateSpecification.Target: NamedTableReference target }:
                yield return new(TSqlNames.Of(target.SchemaObject), "IX");
                break;
            case DeleteStatement { DeleteSpecification.Target: NamedTableReference target }:
                yield return new(TSqlNames.Of(target.SchemaObject), "IX");
                break;
            case InsertStatement { InsertSpecification.Target: NamedTableReference target }:
                yield return new(TSqlNames.Of(target.SchemaObject), "IX");
                break;
        }
    }

    private static StatementEffect On(EffectKind kind, SchemaObjectName name, TSqlState state, string? member = null) =>
        new(kind, TSqlNames.Of(name)) { Member = member, OnNewRelation = state.NewTables.Contains(TSqlNames.Of(name)) || name.BaseIdentifier.Value.StartsWith('#') };

    private static StatementEffect Bounded(EffectKind kind, NamedTableReference target, TSqlState state, bool bounded) => On(kind, target.SchemaObject, state) with { Bounded = bounded };
}
