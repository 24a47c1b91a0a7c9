using SafeDb.Schema;

namespace SafeDb.PostgreSql.Schema.Ordering;

/// <summary>
/// Puts objects into an order in which they can be created: by section, then by dependency, then by kind and name, so that the same schema always gives the same order.
/// Circles are cut where an object has a <see cref="ObjectShell"/>: first the placeholder, later the real definition.
/// </summary>
internal sealed class CreationOrder
{
    private readonly List<CreationNode> _nodes;
    private readonly List<string> _unresolved = [];

    private CreationOrder(List<CreationNode> nodes) => _nodes = nodes;

    /// <summary>The nodes in order.</summary>
    public IReadOnlyList<CreationNode> Nodes => _nodes;

    /// <summary>Circles that could not be cut, one line each.</summary>
    public IReadOnlyList<string> Unresolved => _unresolved;

    /// <summary>Orders the nodes.</summary>
    public static CreationOrder Of(List<CreationNode> nodes)
    {
        var order = new CreationOrder(nodes);
        while (true)
        {
            if (order.CutCircles())
                continue;
            order.PushLater();
            if (!order.PullTablesForward())
                break;
        }

        order.Sort();
        return order;
    }

    /// <summary>Cuts every circle once; true when something was cut and the graph must be looked at again.</summary>
    private bool CutCircles()
    {
        bool cut = false;
        foreach (List<CreationNode> circle in Circles.Find(_nodes))
        {
            CreationNode? breakable = circle.Where(node => node.CanSplit).OrderBy(node => node.Rank).ThenBy(node => node.Key, StringComparer.Ordinal).LastOrDefault();
            if (breakable is not null)
            {
                Split(breakable);
                cut = true;
            }
            else
            {
                _unresolved.Add($"these depend on each other in a circle that no statement can make: {string.Join(", ", circle.Select(node => node.Key).Order(StringComparer.Ordinal))}");
                CreationNode last = circle.OrderBy(node => node.Rank).ThenBy(node => node.Key, StringComparer.Ordinal).First();
                last.DependsOn.ExceptWith(circle);
                cut = true;
            }
        }

        return cut;
    }

    private void Split(CreationNode node)
    {
        CreationNode placeholder = node.Split();
        foreach (CreationNode other in _nodes.Where(other => other != node && other.DependsOn.Remove(node)))
            other.DependsOn.Add(placeholder);
        // What belongs to the object (its owner, its comment) waits for the real one.
        foreach (CreationNode decoration in _nodes.Where(other => other.Decorates == node && other.DependsOn.Remove(placeholder)))
            decoration.DependsOn.Add(node);
        _nodes.Add(placeholder);
    }

    /// <summary>What needs something of a later section comes in that section too: a view that groups by a primary key comes after the key.</summary>
    private void PushLater()
    {
        ILookup<CreationNode, CreationNode> dependants = _nodes.SelectMany(node => node.DependsOn.Select(other => (node, other))).ToLookup(pair => pair.other, pair => pair.node);
        foreach (CreationNode node in _nodes)
            node.Section = node.Object.Section;
        foreach (SchemaSection section in new[] { SchemaSection.Final, SchemaSection.PostData })
        {
            var queue = new Queue<CreationNode>(_nodes.Where(node => node.Section == section));
            while (queue.TryDequeue(out CreationNode? current))
            {
                foreach (CreationNode dependant in dependants[current].Where(dependant => dependant.Section < section))
                {
                    dependant.Section = section;
                    queue.Enqueue(dependant);
                }
            }
        }
    }

    /// <summary>Tables must stand before their rows: when a view keeps one from it, the view is split. True when something was split.</summary>
    private bool PullTablesForward()
    {
        CreationNode? late = _nodes.Find(node => node.IsTable && node.Section > SchemaSection.PreData);
        if (late is null)
            return false;
        var seen = new HashSet<CreationNode>();
        var queue = new Queue<CreationNode>([late]);
        while (queue.TryDequeue(out CreationNode? current))
        {
            if (current.CanSplit)
            {
                Split(current);
                return true;
            }

            foreach (CreationNode dependency in current.DependsOn.Where(dependency => dependency.Section > SchemaSection.PreData && seen.Add(dependency)))
                queue.Enqueue(dependency);
        }

        _unresolved.Add($"{late.Key} needs something that can only be made after the rows");
        return false;
    }

    private void Sort()
    {
        var waiting = _nodes.ToDictionary(node => node, node => node.DependsOn.Count);
        ILookup<CreationNode, CreationNode> dependants = _nodes.SelectMany(node => node.DependsOn.Select(other => (node, other))).ToLookup(pair => pair.other, pair => pair.node);
        var ready = new PriorityQueue<CreationNode, (SchemaSection Section, int Rank, string Key)>(
            Comparer<(SchemaSection Section, int Rank, string Key)>.Create(static (left, right) =>
                left.Section != right.Section ? left.Section.CompareTo(right.Section) : left.Rank != right.Rank ? left.Rank.CompareTo(right.Rank) : string.CompareOrdinal(left.Key, right.Key)));
        foreach (CreationNode node in _nodes.Where(node => node.DependsOn.Count == 0))
            ready.Enqueue(node, (node.Section, node.Rank, node.Key));
        var sorted = new List<CreationNode>(_nodes.Count);
        while (ready.TryDequeue(out CreationNode? node, out _))
        {
            sorted.Add(node);
            foreach (CreationNode dependant in dependants[node])
            {
                if (--waiting[dependant] == 0)
                    ready.Enqueue(dependant, (dependant.Section, dependant.Rank, dependant.Key));
            }
        }

        _nodes.Clear();
        _nodes.AddRange(sorted);
    }
}
