using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>Indexes, primary keys and unique constraints that are built while writers (or all) wait.</summary>
internal sealed class IndexBuiltOffline : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-index-built-offline", RiskLevel.Risky, "An index built offline blocks writers, a clustered one everybody, for as long as the build takes.");

    public IEnumerable<RiskFinding> Check(TSqlContext context) => context.Statement switch
    {
        CreateIndexStatement index when !context.IsNew(index.OnName) && !TSqlShape.IsOn(index.IndexOptions, IndexOptionKind.Online) =>
            [Finding(context, TSqlNames.Of(index.OnName), index.Clustered == true, index.Name.Value, Online(context, index))],
        AlterIndexStatement { AlterIndexType: AlterIndexType.Rebuild } rebuild when !context.IsNew(rebuild.OnName) && !TSqlShape.IsOn(rebuild.IndexOptions, IndexOptionKind.Online) =>
            [Finding(context, TSqlNames.Of(rebuild.OnName), true, rebuild.Name?.Value ?? "every index", null)],
        AlterTableRebuildStatement rebuild when !context.IsNew(rebuild.SchemaObjectName) && !TSqlShape.IsOn(rebuild.IndexOptions, IndexOptionKind.Online) =>
            [Finding(context, TSqlNames.Of(rebuild.SchemaObjectName), true, "The table", null)],
        AlterTableAddTableElementStatement add when !context.IsNew(add.SchemaObjectName) =>
            TSqlShape.AddedConstraints(add).OfType<UniqueConstraintDefinition>()
                .Where(unique => !TSqlShape.IsOn(unique.IndexOptions, IndexOptionKind.Online))
                .Select(unique => Finding(context, TSqlNames.Of(add.SchemaObjectName), unique.Clustered ?? unique.IsPrimaryKey, unique.ConstraintIdentifier?.Value ?? "the constraint's index", null)),
        _ => [],
    };

    private RiskFinding Finding(TSqlContext context, string table, bool clustered, string index, string? saferSql) => new(
        Info.Id, Info.Level, $"{index} is built offline: {(clustered ? "a Sch-M lock keeps everybody" : "an S lock keeps all writers")} away from {table} until it is done.",
        context.KnownStandard
            ? "This edition has no ONLINE builds: run it in a maintenance window."
            : "Add WITH (ONLINE = ON) where the edition has it (Enterprise, Developer, Azure SQL), with WAIT_AT_LOW_PRIORITY; else run it in a maintenance window.") { Relation = table, SaferSql = context.KnownStandard ? null : saferSql };

    private static string? Online(TSqlContext context, CreateIndexStatement index) => index.IndexOptions.Count == 0 && index.OnFileGroupOrPartitionScheme is null
        ? $"{context.Sql.TrimEnd(';', ' ')} WITH (ONLINE = ON);"
        : null;
}
