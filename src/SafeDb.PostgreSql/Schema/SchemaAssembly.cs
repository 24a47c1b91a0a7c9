using SafeDb.PostgreSql.Schema.Kinds;
using SafeDb.PostgreSql.Schema.Ordering;
using SafeDb.PostgreSql.Schema.Parts;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Schema;

/// <summary>Turns what was read into the schema: links the objects, orders them, and gives each its columns.</summary>
internal static class SchemaAssembly
{
    /// <summary>The objects in creation order. Circles that cannot be cut are added to <paramref name="notCovered"/>.</summary>
    public static IReadOnlyList<SchemaObject> Order(
        List<CatalogObject> objects, List<CatalogObject> parts, ILookup<uint, CatalogColumn> columns, CatalogDependencies dependencies, List<string> notCovered)
    {
        var byAddress = objects.ToDictionary(item => item.Address);
        var nodes = objects.ToDictionary(item => item.Address, item => new CreationNode(item));
        LinkByCatalog(dependencies, byAddress, nodes);
        LinkExplicit(byAddress, nodes);
        List<CreationNode> decorations = [.. parts.Select(part => Decoration(part, nodes))];
        LinkSequenceOwnership(nodes, decorations);
        CreationOrder order = CreationOrder.Of([.. nodes.Values, .. decorations]);
        notCovered.AddRange(order.Unresolved);
        return [.. order.Nodes.Select(node => ToSchemaObject(node, byAddress, columns))];
    }

    private static void LinkByCatalog(CatalogDependencies dependencies, Dictionary<ObjectAddress, CatalogObject> objects, Dictionary<ObjectAddress, CreationNode> nodes)
    {
        foreach (CatalogDependency edge in dependencies.Edges)
        {
            CatalogObject? from = dependencies.Resolve(edge.From, objects);
            CatalogObject? to = dependencies.Resolve(edge.To, objects);
            if (from is null || to is null || from == to || IsBackward(edge, from, to))
                continue;
            if (from.Kind is "domain" && to.Address.Class != CatalogClass.Type && nodes.TryGetValue(new ObjectAddress(CatalogClass.DomainDefault, from.Address.Id), out CreationNode? domainDefault))
            {
                domainDefault.DependsOn.Add(nodes[to.Address]);
                if (to.Kind is not ("schema" or "collation" or "extension"))
                    continue;
            }

            CreationNode node = nodes[from.Address];
            CreationNode target = nodes[ShellOf(from, to, nodes)];
            node.DependsOn.Add(target);
            if (IsShape(edge, from))
                node.ShapeDependsOn.Add(target);
        }
    }

    /// <summary>Rows of <c>pg_depend</c> that say which goes when the other is dropped, not which comes first.</summary>
    private static bool IsBackward(CatalogDependency edge, CatalogObject from, CatalogObject to) =>
        (from.Kind is "index" && to.Kind is "constraint" && edge.Type == 'i')
        || (from.Kind is "sequence" && edge.Type == 'a')
        // A shell type is the type's own beginning.
        || from.Kind is "shell type";

    /// <summary>A function that takes or gives a type which is itself made of functions needs only the shell when it is one of those.</summary>
    private static ObjectAddress ShellOf(CatalogObject from, CatalogObject to, Dictionary<ObjectAddress, CreationNode> nodes)
    {
        var shell = new ObjectAddress(CatalogClass.ShellType, to.Address.Id);
        return from.Kind is "function" && to.Address.Class == CatalogClass.Type && nodes.ContainsKey(shell) && SupportsType(from, to) ? shell : to.Address;
    }

    // The type's definition names its functions without arguments, as the catalogue does.
    private static bool SupportsType(CatalogObject function, CatalogObject type)
    {
        string name = function.Identity[..function.Identity.LastIndexOf('(')];
        return type.Definition.Contains($"= {name},", StringComparison.Ordinal) || type.Definition.Contains($"= {name}\n", StringComparison.Ordinal);
    }

    private static bool IsShape(CatalogDependency edge, CatalogObject from) => from.Kind switch
    {
        "view" => edge.From.Class == CatalogClass.Relation,
        "function" or "procedure" => edge.To.Class is CatalogClass.Type or CatalogClass.Namespace or CatalogClass.Language,
        _ => false,
    };

    private static void LinkExplicit(Dictionary<ObjectAddress, CatalogObject> objects, Dictionary<ObjectAddress, CreationNode> nodes)
    {
        foreach (CatalogObject item in objects.Values)
        {
            CreationNode node = nodes[item.Address];
            foreach (ObjectAddress address in item.Parent is { } parent ? item.After.Append(parent) : item.After)
            {
                if (nodes.TryGetValue(address, out CreationNode? target) && target != node)
                    node.DependsOn.Add(target);
            }
        }
    }

    private static CreationNode Decoration(CatalogObject part, Dictionary<ObjectAddress, CreationNode> nodes)
    {
        CreationNode? item = part.Parent is { } parent ? nodes.GetValueOrDefault(parent) : null;
        var node = new CreationNode(part) { Decorates = item };
        if (item is not null)
            node.DependsOn.Add(item);
        return node;
    }

    /// <summary>OWNED BY wants one owner on both sides, and an owned sequence's owner cannot be changed: so it comes after both owners.</summary>
    private static void LinkSequenceOwnership(Dictionary<ObjectAddress, CreationNode> nodes, List<CreationNode> decorations)
    {
        ILookup<CreationNode, CreationNode> owners = decorations.Where(node => node.Object.Kind is "owner" && node.Decorates is not null).ToLookup(node => node.Decorates!);
        foreach (CreationNode ownership in nodes.Values.Where(node => node.Object.Kind is "sequence ownership"))
            ownership.DependsOn.UnionWith(ownership.DependsOn.SelectMany(dependency => owners[dependency]).ToList());
    }

    private static SchemaObject ToSchemaObject(CreationNode node, Dictionary<ObjectAddress, CatalogObject> objects, ILookup<uint, CatalogColumn> columns) =>
        new(node.Object.Kind, node.Object.Identity, node.Object.Definition)
        {
            Section = node.Section,
            DependsOn = [.. node.DependsOn.Select(dependency => dependency.Key).Order(StringComparer.Ordinal)],
            Parent = node.Object.Parent is { } parent && objects.TryGetValue(parent, out CatalogObject? whole) ? whole.Key : null,
            Columns = node.Object.Kind is "table" or "foreign table" or "view" or "materialized view" ? [.. columns[node.Object.Address.Id].Select(column => column.ToSchemaColumn())] : [],
        };
}
