using SafeDb.Schema;

namespace SafeDb.PostgreSql.Schema.Ordering;

/// <summary>One step of the creation: an object, or the first half of one.</summary>
internal sealed class CreationNode(CatalogObject item)
{
    public CatalogObject Object { get; private set; } = item;

    public int Rank { get; } = KindRank.Of(item.Kind);

    public SchemaSection Section { get; set; } = item.Section;

    public HashSet<CreationNode> DependsOn { get; } = [];

    /// <summary>What the object's shape needs (the types of its columns or parameters): what a placeholder needs too.</summary>
    public HashSet<CreationNode> ShapeDependsOn { get; } = [];

    /// <summary>The object whose owner, comment or label this is.</summary>
    public CreationNode? Decorates { get; init; }

    public string Key => Object.Key;

    public bool CanSplit => Object.Shell is not null;

    public bool IsTable => Object.Kind is "table" or "foreign table";

    /// <summary>Makes this the second half and gives the first, on which it then depends.</summary>
    public CreationNode Split()
    {
        ObjectShell shell = Object.Shell!;
        var placeholder = new CreationNode(Object with { Kind = $"{Object.Kind} placeholder", Definition = shell.Placeholder, Shell = null, Section = SchemaSection.PreData, Columns = [] });
        placeholder.DependsOn.UnionWith(ShapeDependsOn);
        placeholder.DependsOn.Remove(this);
        Object = Object with { Definition = shell.Replacement, Shell = null };
        DependsOn.Remove(this);
        DependsOn.Add(placeholder);
        return placeholder;
    }
}

/// <summary>The order of kinds among objects that do not need each other; the one of pg_restore where it has one.</summary>
internal static class KindRank
{
    private static readonly Dictionary<string, int> Ranks = new[]
    {
        "schema absence", "extension absence", "schema", "language", "collation", "extension", "shell type", "type", "composite type", "base type", "domain", "range type",
        "function placeholder", "procedure placeholder", "function", "procedure", "aggregate", "access method", "operator", "operator family", "operator class", "operator family operator", "operator family function",
        "cast", "transform", "conversion", "text search parser", "text search template", "text search dictionary", "text search configuration", "foreign data wrapper", "server", "user mapping",
        "domain default", "domain constraint", "sequence", "table", "foreign table", "identity", "default", "check", "partition", "view placeholder", "view", "materialized view", "tablespace",
        "owner", "sequence ownership", "comment", "security label",
        "index", "constraint", "index partition", "not null", "statistics", "cluster mark", "replica identity", "rule", "trigger", "trigger state", "foreign key", "policy", "row security",
        "publication", "publication table", "publication schema", "subscription", "acl", "default privileges", "event trigger",
    }.Select((kind, index) => (kind, index)).ToDictionary(pair => pair.kind, pair => pair.index, StringComparer.Ordinal);

    public static int Of(string kind) => Ranks.GetValueOrDefault(kind, Ranks.Count);
}
