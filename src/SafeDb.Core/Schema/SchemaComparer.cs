namespace SafeDb.Schema;

/// <summary>How an object differs between two schemas.</summary>
public enum SchemaChange
{
    /// <summary>Only in the second.</summary>
    Added,

    /// <summary>Only in the first.</summary>
    Removed,

    /// <summary>In both, with different definitions.</summary>
    Changed,
}

/// <summary>One difference between two schemas.</summary>
/// <param name="Change">How it differs.</param>
/// <param name="Kind">The object's kind.</param>
/// <param name="Identity">The object's identity.</param>
/// <param name="Before">Definition in the first schema, or null.</param>
/// <param name="After">Definition in the second schema, or null.</param>
public sealed record SchemaObjectDifference(SchemaChange Change, string Kind, string Identity, string? Before, string? After)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Change} {Kind} {Identity}";
}

/// <summary>Compares schemas object by object.</summary>
public static class SchemaComparer
{
    /// <summary>The differences from <paramref name="before"/> to <paramref name="after"/>, ordered by kind and identity.</summary>
    public static IReadOnlyList<SchemaObjectDifference> Compare(DatabaseSchema before, DatabaseSchema after)
    {
        Dictionary<string, SchemaObject> old = before.Objects.ToDictionary(item => item.Key, StringComparer.Ordinal);
        Dictionary<string, SchemaObject> current = after.Objects.ToDictionary(item => item.Key, StringComparer.Ordinal);
        var differences = new List<SchemaObjectDifference>();
        foreach (SchemaObject item in before.Objects)
        {
            if (!current.TryGetValue(item.Key, out SchemaObject? other))
            {
                differences.Add(new(SchemaChange.Removed, item.Kind, item.Identity, item.Definition, null));
            }
            else if (other.Definition != item.Definition)
            {
                differences.Add(new(SchemaChange.Changed, item.Kind, item.Identity, item.Definition, other.Definition));
            }
        }

        differences.AddRange(after.Objects
            .Where(item => !old.ContainsKey(item.Key))
            .Select(item => new SchemaObjectDifference(SchemaChange.Added, item.Kind, item.Identity, null, item.Definition)));
        return [.. differences.OrderBy(item => item.Kind, StringComparer.Ordinal).ThenBy(item => item.Identity, StringComparer.Ordinal)];
    }
}
