using SafeDb.PostgreSql.Sql;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>What a live PostgreSQL database said of its relations before the analysis.</summary>
public sealed class PostgreSqlCatalogFacts : ICatalogFacts
{
    private readonly Dictionary<string, RelationFacts> _relations;
    private readonly CatalogueDetails _details;

    internal PostgreSqlCatalogFacts(Dictionary<string, RelationFacts> relations, CatalogueDetails details)
    {
        _relations = relations;
        _details = details;
    }

    /// <summary>Server version as a comparable integer, such as 150018.</summary>
    public int ServerVersion { get; init; }

    /// <summary>Time zone that a new session has.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Standby servers that are streaming now.</summary>
    public int Replicas { get; init; }

    /// <summary>Age of the oldest open transaction of another session.</summary>
    public TimeSpan OldestTransaction { get; init; }

    /// <summary>Lock timeout that a new session has; zero for none.</summary>
    public TimeSpan LockTimeout { get; init; }

    /// <inheritdoc/>
    public RelationFacts? Find(string relation) => _relations.GetValueOrDefault(relation);

    internal IEnumerable<string> Names => _relations.Keys;

    internal IReadOnlyList<string> TablesUsingType(PgName type) =>
        _details.TypeUsers.GetValueOrDefault(type.Schema is null ? new PgName("public", type.Name).Sql : type.Sql) ?? [];

    internal IEnumerable<string> UsersOf(string relation, string column) =>
        _details.ColumnUsers.Where(use => use.Relation == relation && use.Column == column).Select(use => use.User);

    internal PartitionFacts? PartitioningOf(string relation) => _details.Partitioning.GetValueOrDefault(relation);

    internal string? ParentOf(string relation) => _details.Parents.GetValueOrDefault(relation);
}
