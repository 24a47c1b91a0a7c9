namespace SafeDb.Archive;

/// <summary>Why filters left out the rows of one table: the filter that did it, not all of them.</summary>
internal sealed class RowOmission(ArchiveManifest manifest)
{
    private const string NotAskedFor = "not among the tables asked for";
    private const string WithoutLargeObjects = "the large objects (they belong to no table, and only some tables were taken)";

    private readonly PartitionTree _partitions = new(manifest.SchemaObjects);

    /// <summary>What is missing of a table and why, in words for people.</summary>
    public string Of(string table) => LargeObjects.IsTable(table) ? $"the rows of {table} ({Reason(table)})" : WithoutLargeObjects;

    /// <summary>The same for a table that a caller did not choose.</summary>
    public static string NotChosen(string table) => LargeObjects.IsTable(table) ? $"the rows of {table} ({NotAskedFor})" : WithoutLargeObjects;

    private string Reason(string table)
    {
        BackupScope scope = manifest.Scope;
        string[] line = [.. _partitions.LineOf(table)];
        if (scope.ExcludeTables.FirstOrDefault(pattern => line.Any(name => TablePattern.Matches(pattern, name, manifest.Source.Engine))) is { } pattern)
        {
            return $"without tables {pattern}";
        }

        if (scope.ExcludeSchemas.FirstOrDefault(schema => TablePattern.MatchesName(schema, QualifiedName.Split(table).Schema)) is { } schema)
        {
            return $"without schemas {schema}";
        }

        return (scope.IncludeTables.Count, scope.IncludeSchemas.Count) switch
        {
            (_, 0) => NotAskedFor,
            (0, _) => "its schema is not among those asked for",
            _ => "neither it nor its schema is among those asked for",
        };
    }
}
