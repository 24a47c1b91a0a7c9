namespace SafeDb.Risk.Rules;

/// <summary>Relations that statements connect with each other (disjoint sets).</summary>
internal sealed class RelationGroups
{
    private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);

    /// <summary>Puts relations into one group.</summary>
    public void Join(IEnumerable<string> relations)
    {
        string? first = null;
        foreach (string relation in relations)
        {
            if (first is null)
            {
                first = Of(relation);
            }
            else
            {
                _parents[Of(relation)] = first;
            }
        }
    }

    /// <summary>The name that stands for a relation's group.</summary>
    public string Of(string relation)
    {
        string current = relation;
        while (_parents.TryGetValue(current, out string? parent) && parent != current)
        {
            current = parent;
        }

        _parents[relation] = current;
        return current;
    }
}
