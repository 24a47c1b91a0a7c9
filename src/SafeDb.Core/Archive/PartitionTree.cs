using SafeDb.Schema;

namespace SafeDb.Archive;

/// <summary>
/// Which tables are partitions of which. A partitioned table has no rows of its own: who names it means its partitions, those of partitions too. Read from the definitions, so that it is known of every archive.
/// </summary>
public sealed class PartitionTree
{
    private const string PartitionKind = "partition";
    private const string TableKey = "table ";

    private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);
    private readonly ILookup<string, string> _partitions;

    /// <summary>Reads the tree.</summary>
    /// <param name="objects">The definitions: of a partition, the object that ties it to its table.</param>
    public PartitionTree(IEnumerable<SchemaObject> objects)
    {
        foreach (SchemaObject item in objects.Where(item => item.Kind == PartitionKind))
        {
            if (item.DependsOn.FirstOrDefault(key => key != item.Parent && key.StartsWith(TableKey, StringComparison.Ordinal)) is { } parent)
            {
                _parents[item.Identity] = parent[TableKey.Length..];
            }
        }

        _partitions = _parents.ToLookup(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }

    /// <summary>A table and the partitioned tables that it is part of, from itself upwards.</summary>
    /// <param name="table">Its name as in the schema.</param>
    public IEnumerable<string> LineOf(string table)
    {
        for (string? current = table; current is not null; current = _parents.GetValueOrDefault(current))
        {
            yield return current;
        }
    }

    /// <summary>The tables that hold the rows of a table: itself, or the partitions at the bottom.</summary>
    /// <param name="table">Its name as in the schema.</param>
    public IEnumerable<string> HoldersOf(string table) =>
        _partitions.Contains(table) ? _partitions[table].SelectMany(HoldersOf) : [table];
}
