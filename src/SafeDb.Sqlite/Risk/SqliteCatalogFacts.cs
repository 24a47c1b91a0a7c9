using SafeDb.Risk;

namespace SafeDb.Sqlite.Risk;

/// <summary>What a SQLite database says of its tables.</summary>
/// <param name="definitions">The statements that create everything in it: tables, indexes, views, triggers, in this order.</param>
/// <param name="relations">Facts by name in lower case.</param>
public sealed class SqliteCatalogFacts(IReadOnlyList<string> definitions, IReadOnlyDictionary<string, RelationFacts> relations) : ICatalogFacts
{
    /// <summary>The statements that create everything in the database, in an order in which they can be read.</summary>
    public IReadOnlyList<string> Definitions { get; } = definitions;

    /// <inheritdoc/>
    public RelationFacts? Find(string relation) => relations.GetValueOrDefault(relation.ToLowerInvariant());
}
