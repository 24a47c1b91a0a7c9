using SafeDb.Addresses;
using SafeDb.Observation;

namespace SafeDb.Migration;

/// <summary>Makes empty databases aside, in which migrations show which schema they lead to. What a process that died left behind, the next one removes.</summary>
public interface IEmptyDatabases
{
    /// <summary>Creates an empty database like another one (encoding, order of text).</summary>
    /// <param name="like">The database that it stands for.</param>
    /// <param name="scratch">Server or folder for it; null for that of <paramref name="like"/>.</param>
    /// <param name="observer">Told of what could not be removed.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task<IEmptyDatabase> CreateAsync(DatabaseAddress like, DatabaseAddress? scratch, IOperationObserver observer, CancellationToken cancellationToken);
}

/// <summary>A database that stands aside. Disposing removes it.</summary>
public interface IEmptyDatabase : IAsyncDisposable
{
    /// <summary>Its address.</summary>
    DatabaseAddress Address { get; }
}
