namespace SafeDb.Stores;

/// <summary>Opens one kind of destination. Registered once in <see cref="StoreRegistry"/>.</summary>
public interface IArchiveStoreFactory
{
    /// <summary>The store of a destination, or null when the destination's form is not this factory's. Touches no network and creates nothing.</summary>
    IArchiveStore? TryOpen(string destination);

    /// <summary>Splits the full location of one archive into its destination and its name, or null when the form is not this factory's.</summary>
    (string Destination, string Name)? TrySplit(string location);
}

/// <summary>The kinds of destination of this process, asked in order; folders come last because any text can be a path.</summary>
/// <param name="factories">The factories.</param>
public sealed class StoreRegistry(IEnumerable<IArchiveStoreFactory> factories)
{
    private readonly IReadOnlyList<IArchiveStoreFactory> _factories = [.. factories];

    /// <summary>The store of a destination.</summary>
    public IArchiveStore Open(string destination) =>
        _factories.Select(factory => factory.TryOpen(destination)).FirstOrDefault(store => store is not null)
        ?? throw StoreErrors.DestinationNotUnderstood.Exception();

    /// <summary>The store and name of one archive.</summary>
    public (IArchiveStore Store, string Name) Locate(string location)
    {
        foreach (IArchiveStoreFactory factory in _factories)
        {
            if (factory.TrySplit(location) is { } found && factory.TryOpen(found.Destination) is { } store)
            {
                return (store, found.Name);
            }
        }

        throw StoreErrors.DestinationNotUnderstood.Exception();
    }
}
