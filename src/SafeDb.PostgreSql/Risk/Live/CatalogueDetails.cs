namespace SafeDb.PostgreSql.Risk;

/// <summary>What PostgreSQL's catalogue says beyond the facts that all engines share.</summary>
internal sealed class CatalogueDetails
{
    /// <summary>Tables by the user's type that a column of theirs has.</summary>
    public Dictionary<string, List<string>> TypeUsers { get; } = new(StringComparer.Ordinal);

    /// <summary>Views and routines that use a column.</summary>
    public List<(string Relation, string Column, string User)> ColumnUsers { get; } = [];

    /// <summary>Partitioned tables.</summary>
    public Dictionary<string, PartitionFacts> Partitioning { get; } = new(StringComparer.Ordinal);

    /// <summary>The partitioned parent of a partition.</summary>
    public Dictionary<string, string> Parents { get; } = new(StringComparer.Ordinal);
}

/// <summary>How a table is partitioned.</summary>
/// <param name="Strategy">RANGE, LIST or HASH.</param>
/// <param name="Columns">Columns of the key, expressions left out.</param>
/// <param name="DefaultPartition">The DEFAULT partition, or null.</param>
internal sealed record PartitionFacts(string Strategy, IReadOnlyList<string> Columns, string? DefaultPartition);
